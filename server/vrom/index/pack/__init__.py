"""Indexes stored with a package, so that it opens without building them."""
