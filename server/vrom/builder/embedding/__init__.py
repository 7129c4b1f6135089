"""Vectors of the chunks: from the cache, else from the model."""
