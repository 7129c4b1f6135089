"""Mounted cartridges: found in folders, opened on first use, selected for a query."""
