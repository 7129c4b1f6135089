"""Packages on offer: in a registry, at a web address, in a dataset, a folder or an archive."""
