"""Hits and rankings."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from vrom.search.shelf import Shelf


class Hit(NamedTuple):
    """Ranked chunk. Scores are comparable across cartridges; higher is better."""

    cartridge: Shelf
    chunk_id: int
    score: float
    line: str | None = None
    """The line of the chunk that defines the name that was asked for; None for a hit that isn't one."""


@dataclass(frozen=True)
class Ranking:
    """Hits, best first, and notes for the reader about the search."""

    hits: list[Hit]
    notes: list[str]
    doubtful: bool = False
    """True if nothing matches well; a note then says so."""
    absent: Sequence[str] = ()
    """Words that decide the query and occur nowhere in what was searched."""
