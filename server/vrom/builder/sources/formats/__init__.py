"""Readers of documentation formats; each returns Markdown."""
