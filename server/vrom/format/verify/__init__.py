"""Verification of a package, file by file, for `vrom check`."""
