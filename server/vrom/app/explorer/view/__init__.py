"""Untrusted text as HTML: Markdown, marked words, visible hidden characters, plots."""
