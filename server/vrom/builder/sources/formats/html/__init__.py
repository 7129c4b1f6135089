"""Web pages: the main content as Markdown."""
