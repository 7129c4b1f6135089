"""Where to cut a run of units, and which short pieces to join: the cheapest way through all that is possible."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache

from vrom.builder.chunking.units import Unit

Range = tuple[int, int]
"""`(begin, end)`, the end exclusive."""

COST_OF_A_PIECE = 0.2
"""Fewer pieces are better, all else equal."""

SHORT = 1 / 4
"""The share of the target below which a section may be joined to its neighbours."""
TINY = 1 / 10
"""The share of the target below which a section should not stand alone."""
COST_OF_TINY = 0.6
COST_OF_MIXING = 0.8
"""What it costs to add short sections to one of the target's size: it says less clearly what it is about."""


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


def cheapest_cuts(units: Sequence[Unit], target: int, limit: int) -> list[Range]:
    """Ranges of units that become a piece each: at most `limit` tokens, costing least in all.

    A unit that is over the limit by itself is a piece by itself.
    """

    def pieces_until(end: int) -> Iterator[tuple[int, float]]:
        tokens = 0
        frames: set[int] = set()
        for begin in range(end - 1, -1, -1):
            unit = units[begin]
            tokens += unit.tokens
            if unit.frame and unit.frame.start not in frames:
                frames.add(unit.frame.start)
                tokens += unit.frame.tokens
            if tokens > limit and begin < end - 1:
                return
            yield begin, cost_of_size(tokens, target) + (unit.cut if begin else 0.0)

    return _cheapest_ranges(len(units), pieces_until)


def cheapest_joins(sizes: Sequence[int], firsts: set[int], target: int, limit: int) -> list[Range]:
    """Ranges of neighbouring pieces that become one, each with at most one that isn't short.

    `sizes` are their tokens; only one whose number is in `firsts` (the first of a section) joins what is before it.
    """
    short = target * SHORT

    def groups_until(end: int) -> Iterator[tuple[int, float]]:
        tokens = largest = 0
        for begin in range(end - 1, -1, -1):
            tokens += sizes[begin]
            alone = begin == end - 1
            if not alone and (tokens > limit or (largest >= short and sizes[begin] >= short)):
                return
            largest = max(largest, sizes[begin])
            mixing = COST_OF_MIXING * largest / target if largest >= short and not alone else 0.0
            tiny = COST_OF_TINY if tokens < target * TINY else 0.0
            yield begin, cost_of_size(tokens, target) + mixing + tiny
            if begin not in firsts:
                return

    return _cheapest_ranges(len(sizes), groups_until)


def _cheapest_ranges(count: int, ranges_until: Callable[[int], Iterator[tuple[int, float]]]) -> list[Range]:
    """A partition of `count` items into ranges of least cost in all, by dynamic programming over their ends.

    `ranges_until(end)` gives the possible ranges before `end`, as their begin and cost.
    """
    least = [0.0]
    begins = [0]
    for end in range(1, count + 1):
        cost, begin = min((least[begin] + cost, begin) for begin, cost in ranges_until(end))
        least.append(cost)
        begins.append(begin)
    ranges = []
    end = count
    while end:
        ranges.append((begins[end], end))
        end = begins[end]
    return ranges[::-1]
