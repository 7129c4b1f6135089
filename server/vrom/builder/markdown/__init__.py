"""Markdown parsed into blocks and headings."""
