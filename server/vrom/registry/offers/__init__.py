"""Offered packages: in a registry, at a URL, in a dataset, a folder or an archive."""
