"""Embedding models: which one a manifest asks for, where its files come from, running it."""
