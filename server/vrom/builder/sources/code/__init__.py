"""Source folders of a programming language: bounded reading and parsing, and their texts."""
