"""Pack units into drafts of chunks: whole sections where they fit, else cut at the lowest total cost.

Cuts, and joins of short neighbours, are chosen by dynamic programming.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import accumulate

from vrom.builder.chunking.draft import Draft
from vrom.builder.chunking.section_units import SectionUnits
from vrom.builder.chunking.token_budget import TitlePath, TokenBudget
from vrom.builder.chunking.unit import Unit, sum_tokens

TINIEST = 32
"""Adjacent units are merged while together they have at most a `TINIEST`th of the target or the limit."""

COST_OF_A_CHUNK = 0.2
"""Fixed cost of each chunk: fewer chunks are better, all else equal."""

SHORT = 1 / 4
"""The share of the target below which a section may be joined to its neighbours."""
TINY = 1 / 10
"""The share of the target below which a section should not stand alone."""
COST_OF_TINY = 0.6
COST_OF_MIXING = 0.8
"""Cost of adding short sections to a chunk of the target size, which blurs its topic."""

Range = tuple[int, int]
"""`(begin, end)`, the end exclusive."""


@dataclass(frozen=True)
class Packer:
    """Packs the units of one document; `source` is its text."""

    source: str
    budget: TokenBudget

    def pack(self, section: SectionUnits) -> list[Draft]:
        """The drafts of a section and of those under it, in order, each within the limit."""
        return [fitting for draft in self._pack_section(section) for fitting in self._fit_limit(draft)]

    def _pack_section(self, section: SectionUnits) -> list[Draft]:
        runs = []
        if section.units:
            runs.append(self._split(section.path, section.units, self.budget.room(section.path)))
        runs += [self._pack_section(child) for child in section.children]
        return self._join(section.path, runs)

    def _split(self, path: TitlePath, units: Sequence[Unit], limit: int) -> list[Draft]:
        """Units of one section as drafts of at most `limit` tokens."""
        units = self._merge_tiniest(units)
        return [Draft(path, units[begin:end]) for begin, end in cheapest_cuts(units, self.budget.target, limit)]

    def _merge_tiniest(self, units: Sequence[Unit]) -> list[Unit]:
        """Merge the tiniest units, so that thousands of them (a list of single letters) can be cut quickly."""
        merged = list(units[:1])
        tiniest = min(self.budget.target, self.budget.limit) // TINIEST
        for unit in units[1:]:
            before = merged[-1]
            if (
                before.tokens + unit.tokens <= tiniest
                and before.frame is unit.frame
                and not self.source[before.end : unit.start].strip()
            ):
                merged[-1] = replace(before, end=unit.end, tokens=before.tokens + unit.tokens)
            else:
                merged.append(unit)
        return merged

    def _join(self, path: TitlePath, runs: Sequence[Sequence[Draft]]) -> list[Draft]:
        """The drafts of a section and of those under it, short neighbours joined under the section's path."""
        drafts = [draft for run in runs for draft in run]
        firsts = set(accumulate(len(run) for run in runs))
        sizes = [sum_tokens(draft.units) for draft in drafts]
        joins = cheapest_joins(sizes, firsts, self.budget.target, self.budget.room(path))
        return [
            drafts[begin]
            if end - begin == 1
            else Draft(path, [unit for draft in drafts[begin:end] for unit in draft.units])
            for begin, end in joins
        ]

    def _fit_limit(self, draft: Draft) -> Iterator[Draft]:
        """The draft; several if its units have more tokens together than the sum of their own counts."""
        room = self.budget.room(draft.path)
        excess = self.budget.measure(draft.render_text(self.source)) - room
        if excess <= 0 or len(draft.units) == 1:
            yield draft
            return
        for smaller in self._split(draft.path, draft.units, min(room - excess, sum_tokens(draft.units) - 1)):
            yield from self._fit_limit(smaller)


def cheapest_cuts(units: Sequence[Unit], target: int, limit: int) -> list[Range]:
    """Ranges of units that become one chunk each: at most `limit` tokens, at the lowest total cost.

    A unit that exceeds the limit becomes a chunk of its own.
    """

    def ranges_until(end: int) -> Iterator[tuple[int, float]]:
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

    return _cheapest_ranges(len(units), ranges_until)


def cheapest_joins(sizes: Sequence[int], firsts: set[int], target: int, limit: int) -> list[Range]:
    """Ranges of neighbouring drafts to join, each with at most one draft that isn't short.

    `sizes` are their tokens; only a draft whose index is in `firsts` (the first of a section) joins the one before it.
    """
    short = target * SHORT

    def ranges_until(end: int) -> Iterator[tuple[int, float]]:
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

    return _cheapest_ranges(len(sizes), ranges_until)


@cache
def cost_of_size(tokens: int, target: int) -> float:
    """Cost of a chunk of `tokens`: lowest at the target, rising slowly below it and fast above it."""
    share = tokens / target
    return COST_OF_A_CHUNK + (3.0 * (share - 1) ** 2 if share > 1 else 0.4 * (1 - share) ** 2)


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
