"""HTML within Markdown, as Markdown."""
