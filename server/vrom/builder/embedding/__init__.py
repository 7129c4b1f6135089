"""Embedding of chunk texts, with a cache."""
