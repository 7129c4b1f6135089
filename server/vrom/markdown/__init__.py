"""Markdown syntax shared by the builder and the answers."""
