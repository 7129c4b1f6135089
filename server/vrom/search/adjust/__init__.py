"""Adjustments of scores: a named cartridge, documents about the past, late interaction."""
