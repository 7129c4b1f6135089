"""Building the HNSW graph."""
