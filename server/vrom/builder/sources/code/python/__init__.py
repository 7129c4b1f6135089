"""The API of a Python distribution, read without importing it."""
