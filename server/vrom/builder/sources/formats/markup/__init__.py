"""Markup languages other than Markdown, HTML and reStructuredText."""
