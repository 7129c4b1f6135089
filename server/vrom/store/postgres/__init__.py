"""Cartridges in PostgreSQL with pgvector: the extra `vrom[postgres]`."""
