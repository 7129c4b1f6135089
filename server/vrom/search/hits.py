"""Ranked chunks."""

from typing import NamedTuple

from vrom.search.shelf import Shelf


class Hit(NamedTuple):
    """Ranked chunk. Scores are comparable across cartridges; higher is better."""

    cartridge: Shelf
    chunk_id: int
    score: float
    line: str | None = None
    """The line of the chunk that defines the name that was asked for; None for a hit that isn't one."""
