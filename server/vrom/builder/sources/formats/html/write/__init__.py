"""Plain HTML as Markdown."""
