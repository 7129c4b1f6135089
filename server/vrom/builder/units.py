"""Blocks of Markdown as units: the smallest runs of text between which a chunk may end.

A block that fits is one unit; one that doesn't becomes several, at the boundaries that hurt least: list items, table
rows, blank lines and top-level statements of code, lines, sentences, words, and at last anywhere.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from vrom.builder.markdown import Block, Page
from vrom.builder.markdown_rules import fence_mark

Measure = Callable[[str], int]
"""Tokens of a text, without the special tokens that the model adds once."""

CUT_AT_BLOCK = 0.1
CUT_AFTER_LEAD_IN = 0.8
CUT_AT_ITEM = 0.2
CUT_IN_ITEM = 0.6
CUT_AT_ROW = 0.5
CUT_AT_STATEMENT = 0.5
CUT_AT_LINE = 1.0
CUT_AT_SENTENCE = 1.2
CUT_AT_WORD = 2.0
CUT_ANYWHERE = 4.0
NEVER = float("inf")


@dataclass(frozen=True, slots=True)
class Frame:
    """What a fence or table needs around any part of it: its opening lines before, its closing line after."""

    start: int
    end: int
    opening: str
    closing: str
    closed: bool = True
    """Whether the source itself closes it at `end`."""
    tokens: int = 0
    """Of opening and closing together."""


@dataclass(frozen=True, slots=True)
class Unit:
    """Characters `start` to `end` of the source, which stay together."""

    start: int
    end: int
    tokens: int
    cut: float
    """What it costs to end a chunk just before this unit; `NEVER` for the text under a heading."""
    frame: Frame | None = None
    heading: bool = False


@dataclass(frozen=True, slots=True)
class Cutter:
    """Makes the units of one page; none measures more than `most` tokens, its frame included."""

    page: Page
    measure: Measure
    most: int

    def units(self, block: Block, cut: float = CUT_AT_BLOCK) -> Iterator[Unit]:
        """The units of a block, in order; `cut` is the cost of ending a chunk just before it."""
        match block.kind:
            case "dropped":
                yield from self._label(block, cut)
            case "list" | "quote" | "container" | "item" if block.children:
                yield from self._nested(block, cut)
            case "fence":
                yield from self._fence(block, cut)
            case "table":
                yield from self._table(block, cut)
            case "html":
                yield from self._html(block, cut)
            case "code":
                yield from self._whole_or(block, cut, self._statements)
            case _:
                yield from self._whole_or(block, cut, self._lines)

    def _span(self, first: int, last: int) -> tuple[int, int]:
        return self.page.lines[first][0], self.page.lines[last - 1][1]

    def _unit(self, start: int, end: int, cut: float, frame: Frame | None = None) -> Unit:
        return Unit(start, end, self.measure(self.page.text[start:end]), cut, frame)

    def _whole_or(self, block: Block, cut: float, parts: Callable[[int, int, float, None], Iterator[Unit]]) -> Iterator[Unit]:
        whole = self._unit(*self._span(block.first, block.last), cut)
        if whole.tokens <= self.most:
            yield whole
        else:
            yield from parts(block.first, block.last, cut, None)

    def _label(self, block: Block, cut: float) -> Iterator[Unit]:
        """Of a dropped line, the label that says what follows (`<hfoption id="CLI">`)."""
        start, end = self._span(block.first, block.last)
        at = self.page.text.find(block.text, start, end) if block.text.strip() else -1
        if at >= 0:
            yield self._unit(at, at + len(block.text), cut)

    def _nested(self, block: Block, cut: float) -> Iterator[Unit]:
        """A list by its items, anything else that nests as a whole while it fits, else by what it holds."""
        if block.kind != "list":
            whole = self._unit(*self._span(block.first, block.last), cut)
            if whole.tokens <= self.most and not _holds_dropped(block):
                yield whole
                return
        inner = CUT_AT_ITEM if block.kind == "list" else CUT_IN_ITEM if block.kind == "item" else CUT_AT_BLOCK * 2
        after_first = False
        for child in block.children:
            marker = block.kind == "container" and child is block.children[0] and child.first == block.first
            yield from self.units(child, inner if after_first else cut)
            after_first = True
            if marker:
                inner = NEVER
            elif inner == NEVER:
                inner = CUT_AT_BLOCK * 2

    def _fence(self, block: Block, cut: float) -> Iterator[Unit]:
        start, end = self._span(block.first, block.last)
        opening = self.page.line(block.first)
        before, mark = _fence_prefix(opening), fence_mark(opening.lstrip(" \t>-*+0123456789.)"))
        closing = before + mark
        frame = Frame(start, end, before + opening[len(before) :], closing, block.closed, self.measure(f"{opening} {closing}"))
        whole = self._unit(start, end, cut, None if block.closed else frame)
        if whole.tokens + (0 if block.closed else frame.tokens) <= self.most:
            yield whole
            return
        first, last = block.first + 1, block.last - block.closed
        while first < last and self.page.is_blank(first):
            first += 1
        if frame.tokens * 2 > self.most or first >= last:
            yield from self._lines(block.first, block.last, cut, None)
            return
        inside = Cutter(self.page, self.measure, self.most - frame.tokens)
        yield from _widened(list(inside._statements(first, last, cut, frame)), start, end)

    def _table(self, block: Block, cut: float) -> Iterator[Unit]:
        start, end = self._span(block.first, block.last)
        whole = self._unit(start, end, cut)
        if whole.tokens <= self.most:
            yield whole
            return
        header = self.page.text[start : self.page.lines[block.first + 1][1]]
        frame = Frame(start, end, header, "", tokens=self.measure(header))
        if frame.tokens * 2 > self.most or block.last - block.first < 3:
            yield from self._lines(block.first, block.last, cut, None)
            return
        inside = Cutter(self.page, self.measure, self.most - frame.tokens)
        rows = []
        for number in range(block.first + 2, block.last):
            if not self.page.is_blank(number):
                rows.extend(inside._line(number, cut if not rows else CUT_AT_ROW, frame))
        yield from _widened(rows, start, end)

    def _html(self, block: Block, cut: float) -> Iterator[Unit]:
        """HTML within Markdown: tables and code as they are, anything else without the tags around its lines."""
        text = self.page.text
        start, end = self._span(block.first, block.last)
        if _STRUCTURED_HTML.search(text, start, end):
            yield from self._whole_or(block, cut, self._lines)
            return
        tags = [tag.span() for tag in _LAYOUT_TAG.finditer(text, start, end)]
        cost = cut
        for number in range(block.first, block.last):
            first, last = _without_tags_around(text, *self.page.lines[number], tags)
            if first < last:
                yield from self._run(first, last, cost, None)
                cost = CUT_AT_LINE

    def _statements(self, first: int, last: int, cut: float, frame: Frame | None) -> Iterator[Unit]:
        """Code at its blank lines and top-level statements, as far as needed to fit."""
        indents = [len(line) - len(line.lstrip()) for line in map(self.page.line, range(first, last)) if line.strip()]
        level = min(indents, default=0)
        begin = first
        for number in range(first, last + 1):
            if number < last:
                line = self.page.line(number)
                at_top = line.strip() and len(line) - len(line.lstrip()) == level and not _CONTINUES.match(line.strip())
                after_blank = number > first and self.page.is_blank(number - 1) and line.strip()
                if number == first or not (at_top or after_blank):
                    continue
            end = number
            while end > begin + 1 and self.page.is_blank(end - 1):
                end -= 1
            blank_before = begin > first and self.page.is_blank(begin - 1)
            cost = cut if begin == first else CUT_AT_STATEMENT if blank_before else CUT_AT_STATEMENT * 2
            unit = self._unit(*self._span(begin, end), cost, frame)
            if unit.tokens <= self.most:
                yield unit
            else:
                yield from self._lines(begin, end, cost, frame)
            begin = number

    def _lines(self, first: int, last: int, cut: float, frame: Frame | None) -> Iterator[Unit]:
        for number in range(first, last):
            if not self.page.is_blank(number):
                yield from self._line(number, cut if number == first else CUT_AT_LINE, frame)

    def _line(self, number: int, cut: float, frame: Frame | None) -> Iterator[Unit]:
        yield from self._run(*self.page.lines[number], cut, frame)

    def _run(self, start: int, end: int, cut: float, frame: Frame | None) -> Iterator[Unit]:
        """Characters without a line break: whole if they fit, else by sentences, words, and at last anywhere."""
        if end - start <= self.most * _LONGEST_TOKEN:
            unit = self._unit(start, end, cut, frame)
            if unit.tokens <= self.most:
                yield unit
                return
        for begin, stop, cost in _halves(self.page.text, start, end, max(1, self.most * _LONGEST_TOKEN)):
            yield from self._run(begin, stop, cut if begin == start else cost, frame)


_LONGEST_TOKEN = 8
"""Characters that a token stands for at most: more text than that is not seen by the model in any useful sense."""

_SENTENCE_END = re.compile(r"[.!?;:。！？](?=\s)|[。！？]")
_CONTINUES = re.compile(r"[)\]}]|(?:else|elif|except|finally|catch)\b")
_STRUCTURED_HTML = re.compile(r"<(?:table|tr|pre|code|ul|ol|dl)\b", re.IGNORECASE)
_LAYOUT_TAG = re.compile(r"""</?[A-Za-z][\w.-]*(?:\s(?:[^<>"']|"[^"]*"|'[^']*')*)?/?>""")


def _holds_dropped(block: Block) -> bool:
    return any(child.kind in ("dropped", "html") or _holds_dropped(child) for child in block.children)


def _without_tags_around(text: str, start: int, end: int, tags: list[tuple[int, int]]) -> tuple[int, int]:
    """The part of a line that remains when tags and whitespace are taken from both its ends."""
    for tag_start, tag_end in tags:
        if tag_start < end and tag_end > start and not text[start : max(start, tag_start)].strip():
            start = min(end, tag_end)
    for tag_start, tag_end in reversed(tags):
        if tag_end > start and tag_start < end and not text[min(end, tag_end) : end].strip():
            end = max(start, tag_start)
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    return start, end


def _fence_prefix(opening: str) -> str:
    """What stands before a fence's mark, as a later line of the same list item or quote would start."""
    before = opening[: len(opening) - len(opening.lstrip(" \t>-*+0123456789.)"))]
    return re.sub(r"[^\s>]", " ", before)


def _widened(units: list[Unit], start: int, end: int) -> list[Unit]:
    """The units of a frame's inside, the first and last of them with the frame's own opening and closing lines."""
    first, last = units[0], units[-1]
    units[0] = Unit(start, first.end, first.tokens, first.cut, first.frame)
    last = units[-1]
    units[-1] = Unit(last.start, end, last.tokens, last.cut, last.frame)
    return units


def _halves(text: str, start: int, end: int, most: int) -> Iterator[tuple[int, int, float]]:
    """Parts of at most `most` characters, or two halves: cut after a sentence, else at a space, else anywhere."""
    part = most if end - start > most else max(1, (end - start) // 2)
    while start < end:
        stop, cost = end, CUT_AT_SENTENCE
        if end - start > part + part // 2:
            stop, cost = _good_cut(text, start + part // 2, start + part)
        yield start, stop, cost
        start = stop
        while start < end and text[start].isspace():
            start += 1


def _good_cut(text: str, low: int, high: int) -> tuple[int, float]:
    window = text[low:high]
    sentences = list(_SENTENCE_END.finditer(window))
    if sentences:
        return low + sentences[-1].end(), CUT_AT_SENTENCE
    for at in range(len(window) - 1, 0, -1):
        if window[at].isspace():
            return low + at, CUT_AT_WORD
    return high, CUT_ANYWHERE
