"""Cartridges in Milvus: the extra `vrom[milvus]`."""
