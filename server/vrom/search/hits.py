"""Ranked chunks."""

from dataclasses import dataclass
from typing import NamedTuple

from vrom.index.cartridge import Cartridge


class Hit(NamedTuple):
    """One chunk found. Scores are comparable across cartridges; higher is better."""

    cartridge: Cartridge
    chunk_id: int
    score: float


@dataclass(frozen=True)
class Ranking:
    """Hits, best first, and what the reader should know about how they were found."""

    hits: list[Hit]
    notes: list[str]
    doubtful: bool = False
    """Whether nothing matches well; a note then says so."""
