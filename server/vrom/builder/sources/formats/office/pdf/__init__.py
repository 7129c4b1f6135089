"""PDF: text by its position and size, as headings, paragraphs, tables and code."""
