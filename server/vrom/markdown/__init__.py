"""Markdown syntax shared by all layers above: fences, headings, anchors."""
