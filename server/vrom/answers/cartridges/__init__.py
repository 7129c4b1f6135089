"""Answers about cartridges as a whole: which there are, and what changed between two."""
