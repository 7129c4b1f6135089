"""Registries and downloads: from an address to a package folder, and from a folder to a registry. Ends in a folder."""
