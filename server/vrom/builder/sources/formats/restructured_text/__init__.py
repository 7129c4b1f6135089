"""reStructuredText, as docutils and Sphinx read it."""
