"""vrom: offline documentation search for coding agents, over vROM cartridges.

A *package* is three files on disk; a *cartridge* is a package opened and searchable; the *library* is the set of
mounted cartridges. Layers, each importing only from those before it:

    errors → package → embedding → search → hub | mounts → library | builder → answers
    → settings → app | hosts | evaluation → cli
"""

__version__ = "0.1.0"
