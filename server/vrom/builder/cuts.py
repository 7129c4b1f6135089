"""Where to cut a run of units: the cheapest way through all places where one could."""

from collections.abc import Iterable, Sequence
from functools import cache

from vrom.builder.units import Unit

COST_OF_A_PIECE = 0.2
"""Fewer pieces are better, all else equal."""


@cache
def cost_of_size(tokens: int, target: int) -> float:
    """What a piece of this size costs: least at the target, rising slowly below it and fast above."""
    share = tokens / target
    return COST_OF_A_PIECE + (3.0 * (share - 1) ** 2 if share > 1 else 0.4 * (1 - share) ** 2)


def size(units: Iterable[Unit]) -> int:
    """Tokens of units in one piece, with the frames of those that are part of a fence or table."""
    frames = {}
    total = 0
    for unit in units:
        total += unit.tokens
        if unit.frame:
            frames[unit.frame.start] = unit.frame.tokens
    return total + sum(frames.values())


def cheapest_cuts(units: Sequence[Unit], target: int, limit: int) -> list[tuple[int, int]]:
    """Ranges of units that become a piece each: at most `limit` tokens, costing least in all.

    Dynamic programming over the ends of pieces. A unit that is over the limit by itself is a piece by itself.
    """
    least = [0.0]
    begins = [0]
    for end in range(1, len(units) + 1):
        least.append(float("inf"))
        begins.append(end - 1)
        tokens = 0
        frames: set[int] = set()
        for begin in range(end - 1, -1, -1):
            unit = units[begin]
            tokens += unit.tokens
            if unit.frame and unit.frame.start not in frames:
                frames.add(unit.frame.start)
                tokens += unit.frame.tokens
            if tokens > limit and begin < end - 1:
                break
            cost = least[begin] + cost_of_size(tokens, target) + (unit.cut if begin else 0.0)
            if cost < least[end]:
                least[end], begins[end] = cost, begin
    ranges = []
    end = len(units)
    while end:
        ranges.append((begins[end], end))
        end = begins[end]
    return ranges[::-1]
