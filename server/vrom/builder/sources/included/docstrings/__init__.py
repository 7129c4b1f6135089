"""References to docstrings in pages: `[[autodoc]]`, `:::`, `automodule` and others, filled from the package."""
