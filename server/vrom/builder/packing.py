"""A page's sections as drafts of its pieces: whole sections where they fit, with each heading beside its text."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

from vrom.builder.cuts import cheapest_cuts, cost_of_size, size
from vrom.builder.markdown import Page
from vrom.builder.sections import Section
from vrom.builder.units import Cutter, Measure, Unit, held

SHORT = 64
"""A piece of fewer tokens is joined to a neighbour where the two cost less together."""

TINIEST = 32
"""Units of less than this part of the target, together, are one."""

SHARE_OF_TEXT = 2 / 3
"""The part of the limit that a title path leaves to the text at least."""


@dataclass(frozen=True)
class Draft:
    """Units that will be one piece, and its title path."""

    path: tuple[str, ...]
    units: tuple[Unit, ...]

    @cached_property
    def tokens(self) -> int:
        """Of the text, without the title path."""
        return size(self.units)


class Packer:
    """Makes the drafts of one page. `limit` is for title path and text together, without special tokens."""

    def __init__(self, page: Page, measure: Measure, target: int, limit: int) -> None:
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
        """Units without the tiniest ones, so that thousands of them (a list of single letters) are quickly cut."""
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
        """A title path that leaves enough room for text: its middle goes first, then the ends of its parts."""
        while len(path) > 2 and self.room(path) < self._limit * SHARE_OF_TEXT:
            path = (path[0], *path[2:])
        while self.room(path) < self._limit * SHARE_OF_TEXT and any(len(part) > 1 for part in path):
            path = tuple(part[: max(1, len(part) // 2)] for part in path)
        return path

    def _pack(self, section: Section, waiting: list[Unit]) -> tuple[list[Draft], list[Unit]]:
        """The drafts of a section, and the headings still without text; `waiting` are those from before it."""
        path = self._fitted(section.path)
        room = self.room(path)
        cutter = Cutter(self._page, self._measure, room)
        if section.heading:
            waiting = [*waiting, *cutter.units(section.heading)]
        last = [unit for heading in section.last_headings for unit in cutter.units(heading)]
        body: list[Unit] = []
        if size(waiting) * 3 > room:  # so many or so long that they are text themselves
            body, waiting = waiting, []
        cutter = cutter.less(size(waiting))
        if size(last) * 3 <= cutter.most:
            cutter, last = cutter.less(size(last)), held(last)
        body += cutter.children(section.blocks, cut=0.0)
        drafts: list[Draft] = []
        if body:
            units = [*waiting[:1], *held([*waiting[1:], *body[:1]])] if waiting else body[:1]
            drafts, waiting = self.split(path, [*units, *body[1:], *last], room), []
        for child in section.children:
            grown, waiting = self._pack(child, waiting)
            drafts = self._joined(path, drafts, grown)
        return drafts, waiting

    def _joined(self, path: tuple[str, ...], before: list[Draft], after: list[Draft]) -> list[Draft]:
        """Drafts of neighbouring sections under `path`: the two that touch become one if either is short."""
        if not before or not after:
            return before + after
        first, second = before[-1], after[0]
        together = first.tokens + second.tokens
        apart = cost_of_size(first.tokens, self._target) + cost_of_size(second.tokens, self._target)
        if (
            min(first.tokens, second.tokens) < SHORT
            and together <= self.room(path)
            and cost_of_size(together, self._target) < apart
        ):
            return [*before[:-1], Draft(path, first.units + second.units), *after[1:]]
        return before + after
