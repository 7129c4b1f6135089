"""Readers of lock files, one a format."""
