"""Notes, tabs and other boxes of Markdown's dialects."""
