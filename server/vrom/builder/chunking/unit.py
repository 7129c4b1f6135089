"""Units: the smallest runs of text between which a chunk may end."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from vrom.builder.chunking import costs


@dataclass(frozen=True, slots=True)
class Frame:
    """A fence or table, and the opening and closing that each of its parts needs to be valid Markdown."""

    start: int
    end: int
    opening: str
    closing: str
    tokens: int
    """Tokens of opening and closing together."""
    closed: bool = True
    """True if the source has the closing line."""


@dataclass(frozen=True, slots=True)
class Unit:
    """Characters `start` to `end` of the document's text, which stay together."""

    start: int
    end: int
    tokens: int
    cut: float
    """Cost of ending a chunk just before this unit."""
    frame: Frame | None = None


def forbid_cuts(units: Iterable[Unit]) -> list[Unit]:
    """The units, with the cost `costs.NEVER`, so that no cut separates them from the text before them."""
    return [replace(unit, cut=costs.NEVER) for unit in units]


def sum_tokens(units: Iterable[Unit]) -> int:
    """Tokens of units in one chunk, including the frame of each fence or table that they are part of."""
    frames = {}
    total = 0
    for unit in units:
        total += unit.tokens
        if unit.frame:
            frames[unit.frame.start] = unit.frame.tokens
    return total + sum(frames.values())
