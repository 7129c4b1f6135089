"""The vROM format: three JSON files that hold documentation, its embeddings and an HNSW graph over them."""
