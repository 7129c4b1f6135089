"""Units: the smallest runs of text between which a chunk may end, and what it costs to end it there."""

from collections.abc import Iterable
from dataclasses import dataclass, replace


class Cost:
    """Cost of ending a chunk at each kind of boundary, on the scale of `packing.cost_of_size`."""

    AT_BLOCK = 0.1
    AT_ITEM = 0.2
    IN_CONTAINER = 0.25
    BEFORE_CODE = 0.35
    AT_ROW = 0.5
    AT_BLANK_LINE = 0.5
    BEFORE_NOTES_ON_CODE = 0.5
    IN_ITEM = 0.6
    AFTER_LEAD_IN = 0.8
    AT_STATEMENT = 0.9
    AT_LINE = 1.0
    AT_SENTENCE = 1.2
    AT_WORD = 2.0
    ANYWHERE = 4.0
    NEVER = 1e6
    """Directly after a heading, or after the title of an admonition."""


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
    """The units, with the cost `Cost.NEVER`, so that no cut separates them from the text before them."""
    return [replace(unit, cut=Cost.NEVER) for unit in units]


def sum_tokens(units: Iterable[Unit]) -> int:
    """Tokens of units in one chunk, including the frame of each fence or table that they are part of."""
    frames = {}
    total = 0
    for unit in units:
        total += unit.tokens
        if unit.frame:
            frames[unit.frame.start] = unit.frame.tokens
    return total + sum(frames.values())
