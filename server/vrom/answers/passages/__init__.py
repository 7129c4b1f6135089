"""Passages from hits: spans of a document, widened and cut to a token budget."""
