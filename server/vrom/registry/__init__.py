"""Registries: resolve, download, verify, install, lock and publish packages."""
