"""Minimum-cost cutting of a run of units, and joining of short pieces, by dynamic programming."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache

from vrom.builder.chunking.units import Unit

Range = tuple[int, int]
"""`(begin, end)`, the end exclusive."""

COST_OF_A_PIECE = 0.2
"""Fixed cost of each piece: fewer pieces are better, all else equal."""

SHORT = 1 / 4
"""The share of the target below which a section may be joined to its neighbours."""
TINY = 1 / 10
"""The share of the target below which a section should not stand alone."""
COST_OF_TINY = 0.6
COST_OF_MIXING = 0.8
"""Cost of adding short sections to a piece of the target size, which blurs its topic."""


@cache
def cost_of_size(tokens: int, target: int) -> float:
    """Cost of a piece of `tokens`: lowest at the target, rising slowly below it and fast above it."""
    share = tokens / target
    return COST_OF_A_PIECE + (3.0 * (share - 1) ** 2 if share > 1 else 0.4 * (1 - share) ** 2)


def size(units: Iterable[Unit]) -> int:
    """Tokens of units in one piece, including the frame of each fence or table that they are part of."""
    frames = {}
    total = 0
    for unit in units:
        total += unit.tokens
        if unit.frame:
            frames[unit.frame.start] = unit.frame.tokens
    return total + sum(frames.values())


def cheapest_cuts(units: Sequence[Unit], target: int, limit: int) -> list[Range]:
    """Ranges of units that become one piece each: at most `limit` tokens, at the lowest total cost.

    A unit that exceeds the limit becomes a piece of its own.
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
    """Ranges of neighbouring pieces to join, each with at most one piece that isn't short.

    `sizes` are their tokens; only a piece whose index is in `firsts` (the first of a section) joins the one before it.
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
    """A partition of `count` items into ranges of lowest total cost, by dynamic programming over their ends.

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
