"""Folders, files and archives of documentation, and the readers for each kind."""
