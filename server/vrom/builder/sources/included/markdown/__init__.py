"""Markers of included files in Markdown, in the syntaxes of its tools."""
