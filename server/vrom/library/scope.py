"""Scope of a search that names no cartridge: what a project locks, and the project's own cartridges."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

GUIDE = "vrom-guide"
"""Id of the cartridge about vrom itself: it answers only who names it, or where there is nothing else."""


@dataclass(frozen=True)
class Scope:
    """The dependencies of a project, by the ids of their cartridges."""

    locked: Mapping[str, str] = field(default_factory=dict)
    """Locked versions by cartridge id."""
    names: Mapping[str, str] = field(default_factory=dict)
    """Names of direct dependencies, as people write them, by cartridge id."""
    own: Path | None = None
    """Folder of the project's own cartridges."""
