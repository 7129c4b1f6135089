"""The Python environment of a project."""
