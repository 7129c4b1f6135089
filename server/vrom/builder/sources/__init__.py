"""Where documentation comes from: each source becomes documents, and names what it had to skip."""

from vrom.builder.sources.read import read_sources

__all__ = ["read_sources"]
