"""Serving over HTTP. Serving over stdio imports nothing from here."""
