"""The project's own documentation: a cartridge of its guides, its changelog and the docstrings of its packages."""
