"""Serving over HTTP. Nothing here is imported when serving over stdio."""
