"""Dialects of Markdown rewritten into Markdown: MDX, MyST, Quarto, template tags, containers, wiki links."""
