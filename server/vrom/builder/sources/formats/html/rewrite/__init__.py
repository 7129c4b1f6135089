"""Passes over the tree of a page, after which it is plain HTML."""
