"""Pack a document's sections into drafts of pieces: whole sections where they fit, each heading with its text."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import accumulate

from vrom.builder.chunking.optimal_cuts import cheapest_cuts, cheapest_joins, size
from vrom.builder.chunking.sections import Section
from vrom.builder.chunking.units import Cutter, Measure, Unit, held
from vrom.builder.markdown.blocks import ParsedMarkdown

TINIEST = 32
"""Adjacent units are merged while together they have at most `target // TINIEST` tokens."""

SHARE_OF_TEXT = 2 / 3
"""Minimum share of the limit that a title path leaves for the text."""


@dataclass(frozen=True)
class Draft:
    """Units that will become one piece, and its title path."""

    path: tuple[str, ...]
    units: tuple[Unit, ...]

    @cached_property
    def tokens(self) -> int:
        """Tokens of the text, without the title path."""
        return size(self.units)


class Packer:
    """Makes the drafts of one document. `limit` covers title path and text together, without special tokens."""

    def __init__(self, page: ParsedMarkdown, measure: Measure, target: int, limit: int) -> None:
        self._page, self._measure, self._target, self._limit = page, measure, target, limit
        self.room = lru_cache(maxsize=None)(self._room)
        self._fitted = lru_cache(maxsize=None)(self._fit)

    def pack(self, root: Section) -> list[Draft]:
        """The drafts of all sections, in order."""
        return self._pack(root, [])[0]

    def split(self, path: tuple[str, ...], units: Sequence[Unit], limit: int) -> list[Draft]:
        """Units of one section as drafts of at most `limit` tokens."""
        units = self._coarser(units)
        return [Draft(path, tuple(units[begin:end])) for begin, end in cheapest_cuts(units, self._target, limit)]

    def _coarser(self, units: Sequence[Unit]) -> list[Unit]:
        """Merge the tiniest units, so that thousands of them (a list of single letters) can be cut quickly."""
        coarse = list(units[:1])
        for unit in units[1:]:
            before = coarse[-1]
            if (
                before.tokens + unit.tokens <= self._target // TINIEST
                and before.frame is unit.frame
                and not self._page.text[before.end : unit.start].strip()
            ):
                coarse[-1] = replace(before, end=unit.end, tokens=before.tokens + unit.tokens)
            else:
                coarse.append(unit)
        return coarse

    def _room(self, path: tuple[str, ...]) -> int:
        """Tokens left for text beside a title path."""
        return max(1, self._limit - self._measure(" > ".join(path)))

    def _fit(self, path: tuple[str, ...]) -> tuple[str, ...]:
        """Shorten a title path to leave enough room for text: drop its middle parts first, then halve each part."""
        while len(path) > 2 and self.room(path) < self._limit * SHARE_OF_TEXT:
            path = (path[0], *path[2:])
        while self.room(path) < self._limit * SHARE_OF_TEXT and any(len(part) > 1 for part in path):
            path = tuple(part[: max(1, len(part) // 2)] for part in path)
        return path

    def _pack(self, section: Section, waiting: list[Unit]) -> tuple[list[Draft], list[Unit]]:
        """The drafts of a section, and the headings still without text; `waiting` are the headings pending before."""
        path = self._fitted(section.path)
        room = self.room(path)
        cutter = Cutter(self._page, self._measure, room)
        if section.heading:
            waiting = [*waiting, *cutter.units(section.heading)]
        last = [unit for heading in section.last_headings for unit in cutter.units(heading)]
        body: list[Unit] = []
        if size(waiting) * 3 > room:  # so many or so long that they are treated as text
            body, waiting = waiting, []
        cutter = cutter.less(size(waiting))
        if size(last) * 3 <= cutter.most:
            cutter, last = cutter.less(size(last)), held(last)
        body += cutter.children(section.blocks, cut=0.0)
        runs: list[list[Draft]] = []
        if body:
            units = [*waiting[:1], *held([*waiting[1:], *body[:1]])] if waiting else body[:1]
            runs.append(self.split(path, [*units, *body[1:], *last], room))
            waiting = []
        for child in section.children:
            drafts, waiting = self._pack(child, waiting)
            runs.append(drafts)
        return self._joined(path, runs), waiting

    def _joined(self, path: tuple[str, ...], runs: list[list[Draft]]) -> list[Draft]:
        """The drafts of a section and of those under it, short neighbours joined under the section's path."""
        drafts = [draft for run in runs for draft in run]
        firsts = set(accumulate(len(run) for run in runs))
        joins = cheapest_joins([draft.tokens for draft in drafts], firsts, self._target, self.room(path))
        return [
            drafts[begin]
            if end - begin == 1
            else Draft(path, tuple(unit for draft in drafts[begin:end] for unit in draft.units))
            for begin, end in joins
        ]
