"""Split Markdown blocks into units: the smallest runs of text between which a piece may end.

A block that fits is one unit; a larger one is split at the least costly boundaries: list items, table rows, blank
lines and top-level statements of code, lines, sentences, words, and finally anywhere.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from vrom.builder.chunking.split_points import parts_of_run, statement_starts
from vrom.builder.markdown.blocks import Block, ParsedMarkdown
from vrom.builder.markdown.inline_html import html_rows, is_structured, is_table, spoken_parts

Measure = Callable[[str], int]
"""Function that counts the tokens of a text, without the special tokens that a model adds once."""

CHARACTERS_OF_A_TOKEN = 8
"""Each run of this many characters counts as at least one token: tokenizers map a long word to a single `[UNK]`."""

# Cost of ending a piece at each kind of boundary, on the scale of `optimal_cuts.cost_of_size`.
CUT_AT_BLOCK = 0.1
CUT_AT_ITEM = 0.2
CUT_IN_CONTAINER = 0.25
CUT_BEFORE_CODE = 0.35
CUT_AT_ROW = 0.5
CUT_AT_BLANK_LINE = 0.5
CUT_BEFORE_NOTES_ON_CODE = 0.5
CUT_IN_ITEM = 0.6
CUT_AFTER_LEAD_IN = 0.8
CUT_AT_STATEMENT = 0.9
CUT_AT_LINE = 1.0
NEVER = 1e6
"""Cost of a cut directly after a heading or after the title of an admonition."""


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
    """Characters `start` to `end` of the source, which stay together."""

    start: int
    end: int
    tokens: int
    cut: float
    """Cost of ending a piece just before this unit."""
    frame: Frame | None = None


@dataclass(frozen=True, slots=True)
class Cutter:
    """Cuts a document into units of at most `most` tokens with their frames; single characters may exceed it."""

    page: ParsedMarkdown
    measure: Measure
    most: int

    def less(self, tokens: int) -> "Cutter":
        """A copy whose maximum is reduced by `tokens`."""
        return replace(self, most=max(1, self.most - tokens))

    def units(self, block: Block, cut: float = CUT_AT_BLOCK) -> Iterator[Unit]:
        """The units of a block, in order; `cut` is the cost of ending a piece just before it."""
        match block.kind:
            case "dropped":
                yield from self._label(block, cut)
            case "list":
                yield from self.children(block.children, cut, CUT_AT_ITEM)
            case "item" | "quote" | "container" if block.children:
                yield from self._whole(block, cut) or self._parts(block, cut)
            case "fence":
                yield from self._fence(block, cut)
            case "table":
                yield from self._table(block, cut)
            case "html":
                yield from self._html(block, cut)
            case "code":
                yield from self._whole(block, cut) or self._statements(block.first, block.last, cut, None)
            case _:
                yield from self._whole(block, cut) or self._lines(block.first, block.last, cut)

    def children(self, blocks: list[Block], cut: float, between: float = CUT_AT_BLOCK) -> Iterator[Unit]:
        """The units of consecutive blocks; `between` is the minimum cost of a cut between two of them."""
        before: Block | None = None
        for block in blocks:
            if before:
                cut = max(between, _cut_between(self.page, before, block))
            yield from self.units(block, cut)
            before = block

    def _unit(self, start: int, end: int, cut: float, frame: Frame | None = None) -> Unit:
        return Unit(start, end, self.measure(self.page.text[start:end]), cut, frame)

    def _whole(self, block: Block, cut: float) -> list[Unit]:
        """The block as one unit; empty if it doesn't fit, or if something within it must be dropped or closed."""
        if not all(map(_is_as_written, block.children)):
            return []
        unit = self._unit(*self.page.span(block.first, block.last), cut)
        return [unit] if unit.tokens <= self.most else []

    def _label(self, block: Block, cut: float) -> Iterator[Unit]:
        """The label of a dropped block, if any: `CLI` of `<hfoption id="CLI">`."""
        start, end = self.page.span(block.first, block.last)
        at = self.page.text.find(block.text, start, end) if block.text.strip() else -1
        if at >= 0:
            yield from self._run(at, at + len(block.text), cut, None)

    def _parts(self, block: Block, cut: float) -> Iterator[Unit]:
        """The units in an item, quote or admonition; an admonition's title stays with its first unit if it is short."""
        within = CUT_IN_ITEM if block.kind == "item" else CUT_IN_CONTAINER
        if block.kind != "container" or len(block.children) == 1:
            yield from self.children(block.children, cut, within)
            return
        title = list(self.units(block.children[0], cut))
        fits = title[-1].tokens * 2 <= self.most
        inside = self.less(title[-1].tokens) if fits else self
        content = list(inside.children(block.children[1:], CUT_IN_CONTAINER, within))
        yield from title
        yield from held(content[:1]) if fits else content[:1]
        yield from content[1:]

    def _fence(self, block: Block, cut: float) -> Iterator[Unit]:
        start, end = self.page.span(block.first, block.last)
        opening = self.page.line(block.first)
        indent = re.sub(r"[^\s>]", " ", opening[: opening.index(block.mark)])
        opening, closing = indent + opening[len(indent) :], indent + block.mark
        if self.measure(f"{opening} {closing}") * 2 > self.most:
            opening = closing  # omit a language and attributes of this length
        frame = Frame(start, end, opening, closing, self.measure(f"{opening} {closing}"), block.closed)
        whole = self._unit(start, end, cut, None if block.closed else frame)
        if whole.tokens + frame.tokens * (not block.closed) <= self.most:
            yield whole
            return
        inner = range(block.first + 1, block.last - block.closed)
        code = [number for number in inner if not self.page.is_blank(number)]
        if frame.tokens * 4 > self.most * 3 or not code:
            yield from self._lines(block.first, block.last, cut)
            return
        inside = self.less(frame.tokens)._statements(code[0], code[-1] + 1, cut, frame)
        yield from _reaching(list(inside), start, end)

    def _table(self, block: Block, cut: float) -> Iterator[Unit]:
        """A table as one unit, or one unit per row, each framed by the header."""
        if whole := self._whole(block, cut):
            yield from whole
            return
        lines = range(block.first, block.last)
        body, rows = html_rows([self.page.line(number) for number in lines]) if block.kind == "html" else (2, None)
        start, end = self.page.span(block.first, block.last)
        header = self.page.text[start : self.page.span(block.first, block.first + body)[1]] if body else "<table>"
        closing = "</table>" if block.kind == "html" else ""
        frame = Frame(start, end, header, closing, self.measure(f"{header} {closing}"))
        if frame.tokens * 4 > self.most * 3 or len(lines) <= body:
            yield from self._lines(block.first, block.last, cut)
            return
        inside = self.less(frame.tokens)
        units: list[Unit] = []
        for first, last in rows or [(number, number + 1) for number in range(body, len(lines))]:
            row = inside._unit(*self.page.span(block.first + first, block.first + last), cut, frame)
            fits = row.tokens <= inside.most
            units += [row] if fits else inside._lines(block.first + first, block.first + last, cut, CUT_AT_LINE, frame)
            cut = CUT_AT_ROW
        yield from _reaching(units, start, end)

    def _html(self, block: Block, cut: float) -> Iterator[Unit]:
        """HTML within Markdown: tables, lists and code unchanged; other lines without the layout tags at their ends."""
        if is_table(self.page.line(block.first)):
            yield from self._table(block, cut)
            return
        if is_structured(self.page.text, *self.page.span(block.first, block.last)):
            yield from self._whole(block, cut) or self._lines(block.first, block.last, cut)
            return
        for start, end in spoken_parts(self.page.text, self.page.lines[block.first : block.last]):
            yield from self._run(start, end, cut, None)
            cut = CUT_AT_LINE

    def _statements(self, first: int, last: int, cut: float, frame: Frame | None) -> Iterator[Unit]:
        """Code split at blank lines and top-level statements; a part that is still too large is split into lines."""
        begin = first
        for end in [*statement_starts(self.page, first, last), last]:
            if begin > first:
                cut = CUT_AT_BLANK_LINE if self.page.is_blank(begin - 1) else CUT_AT_STATEMENT
            filled = [number for number in range(begin, end) if not self.page.is_blank(number)]
            if filled:
                unit = self._unit(*self.page.span(filled[0], filled[-1] + 1), cut, frame)
                if unit.tokens <= self.most:
                    yield unit
                else:
                    yield from self._lines(begin, end, cut, CUT_AT_LINE, frame)
            begin = end

    def _lines(
        self, first: int, last: int, cut: float, between: float = CUT_AT_LINE, frame: Frame | None = None
    ) -> Iterator[Unit]:
        for number in range(first, last):
            if not self.page.is_blank(number):
                yield from self._run(*self.page.lines[number], cut, frame)
                cut = between

    def _run(self, start: int, end: int, cut: float, frame: Frame | None) -> Iterator[Unit]:
        """Split text without line breaks: whole if it fits, else by sentences, words, and finally anywhere."""
        unit = self._unit(start, end, cut, frame)
        if unit.tokens <= self.most or end - start == 1:
            yield unit
            return
        for begin, stop, cost in parts_of_run(self.page.text, start, end, self.most * CHARACTERS_OF_A_TOKEN):
            yield from self._run(begin, stop, cut if begin == start else cost, frame)


def held(units: Iterable[Unit]) -> list[Unit]:
    """The units with the cost `NEVER`, so that no cut separates them from the text before them."""
    return [replace(unit, cut=NEVER) for unit in units]


def _cut_between(page: ParsedMarkdown, before: Block, block: Block) -> float:
    """Cost of ending a piece between two consecutive blocks."""
    if before.kind == "dropped":
        return CUT_AFTER_LEAD_IN if before.text else CUT_AT_BLOCK
    if page.line(before.last - 1).rstrip().endswith(":"):
        return CUT_AFTER_LEAD_IN
    if block.kind == "fence" and before.kind == "paragraph":
        return CUT_BEFORE_CODE
    if block.kind == "list" and before.kind == "fence":
        return CUT_BEFORE_NOTES_ON_CODE
    return CUT_AT_BLOCK


def _is_as_written(block: Block) -> bool:
    """True if a piece contains the block exactly as in the source: nothing dropped, no HTML, fences closed."""
    return block.kind not in ("dropped", "html") and block.closed and all(map(_is_as_written, block.children))


def _reaching(units: list[Unit], start: int, end: int) -> list[Unit]:
    """The units inside a frame, with the first and last extended to the frame's own ends."""
    units[0] = replace(units[0], start=start)
    units[-1] = replace(units[-1], end=end)
    return units
