"""Serving over stdio."""
