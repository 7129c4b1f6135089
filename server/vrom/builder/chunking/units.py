"""Cut Markdown blocks into units: the smallest runs of text between which a chunk may end.

A block that fits is one unit; a larger one is cut at the least costly boundaries: list items, table rows, blank lines
and top-level statements of code, lines, sentences, words, and finally anywhere.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from vrom.builder.chunking.token_budget import CHARACTERS_OF_A_TOKEN
from vrom.builder.chunking.unit import Cost, Frame, Unit
from vrom.builder.markdown.blocks import Block, ParsedMarkdown
from vrom.builder.markdown.inline_html import find_rows, find_text_spans, is_structured, is_table

_SENTENCE_END = re.compile(r"[.!?;:](?=\s)|[。！？]")
_CONTINUES_STATEMENT = re.compile(r"[)\]}]|(?:else|elif|except|finally|catch|end)\b")


@dataclass(frozen=True, slots=True)
class Cutter:
    """Cuts blocks into units of at most `most` tokens with their frames; single characters may exceed it."""

    parsed: ParsedMarkdown
    measure: Callable[[str], int]
    """Counts the tokens of a text, without the special tokens that a model adds once."""
    most: int

    def with_less_room(self, tokens: int) -> "Cutter":
        """A copy whose maximum is reduced by `tokens`."""
        return replace(self, most=max(1, self.most - tokens))

    def cut_blocks(self, blocks: list[Block], cut: float, between: float = Cost.AT_BLOCK) -> Iterator[Unit]:
        """The units of consecutive blocks; `between` is the minimum cost of a cut between two of them."""
        before: Block | None = None
        for block in blocks:
            if before:
                cut = max(between, _cost_between(self.parsed, before, block))
            yield from self.cut_block(block, cut)
            before = block

    def cut_block(self, block: Block, cut: float = Cost.AT_BLOCK) -> Iterator[Unit]:
        """The units of a block, in order; `cut` is the cost of ending a chunk just before it."""
        match block.kind:
            case "dropped":
                yield from self._cut_label(block, cut)
            case "list":
                yield from self.cut_blocks(block.children, cut, Cost.AT_ITEM)
            case "item" | "quote" | "container" if block.children:
                yield from self._try_whole(block, cut) or self._cut_container(block, cut)
            case "fence":
                yield from self._cut_fence(block, cut)
            case "table":
                yield from self._cut_table(block, cut)
            case "html":
                yield from self._cut_html(block, cut)
            case "code":
                yield from self._try_whole(block, cut) or self._cut_code(block.first, block.last, cut, None)
            case _:
                yield from self._try_whole(block, cut) or self._cut_lines(block.first, block.last, cut)

    def _try_whole(self, block: Block, cut: float) -> list[Unit]:
        """The block as one unit; empty if it doesn't fit, or if something within it must be dropped or closed."""
        if not all(map(_is_as_written, block.children)):
            return []
        unit = self._make_unit(*self.parsed.span(block.first, block.last), cut)
        return [unit] if unit.tokens <= self.most else []

    def _make_unit(self, start: int, end: int, cut: float, frame: Frame | None = None) -> Unit:
        return Unit(start, end, self.measure(self.parsed.text[start:end]), cut, frame)

    def _cut_label(self, block: Block, cut: float) -> Iterator[Unit]:
        """The label of a dropped block, if any: `CLI` of `<hfoption id="CLI">`."""
        start, end = self.parsed.span(block.first, block.last)
        at = self.parsed.text.find(block.text, start, end) if block.text.strip() else -1
        if at >= 0:
            yield from self._cut_line(at, at + len(block.text), cut, None)

    def _cut_container(self, block: Block, cut: float) -> Iterator[Unit]:
        """The units in an item, quote or admonition; an admonition's title stays with its first unit if it is short."""
        within = Cost.IN_ITEM if block.kind == "item" else Cost.IN_CONTAINER
        if block.kind != "container" or len(block.children) == 1:
            yield from self.cut_blocks(block.children, cut, within)
            return
        title = list(self.cut_block(block.children[0], cut))
        fits = title[-1].tokens * 2 <= self.most
        inside = self.with_less_room(title[-1].tokens) if fits else self
        content = list(inside.cut_blocks(block.children[1:], Cost.IN_CONTAINER, within))
        if fits and content:
            content[0] = replace(content[0], cut=Cost.NEVER)
        yield from [*title, *content]

    def _cut_fence(self, block: Block, cut: float) -> Iterator[Unit]:
        """A fence as one unit, or its statements, each framed by the fence's marks."""
        start, end = self.parsed.span(block.first, block.last)
        frame = self._frame_of_fence(block, start, end)
        whole = self._make_unit(start, end, cut, None if block.closed else frame)
        if whole.tokens + frame.tokens * (not block.closed) <= self.most:
            yield whole
            return
        inner = range(block.first + 1, block.last - block.closed)
        code = [number for number in inner if not self.parsed.is_blank(number)]
        if frame.tokens * 4 > self.most * 3 or not code:
            yield from self._cut_lines(block.first, block.last, cut)
            return
        inside = self.with_less_room(frame.tokens)._cut_code(code[0], code[-1] + 1, cut, frame)
        yield from _fill_frame(list(inside), frame)

    def _frame_of_fence(self, block: Block, start: int, end: int) -> Frame:
        opening = self.parsed.line(block.first)
        indent = re.sub(r"[^\s>]", " ", opening[: opening.index(block.mark)])
        opening, closing = indent + opening[len(indent) :], indent + block.mark
        if self.measure(f"{opening} {closing}") * 2 > self.most:
            opening = closing  # omit a language and attributes of this length
        return Frame(start, end, opening, closing, self.measure(f"{opening} {closing}"), block.closed)

    def _cut_table(self, block: Block, cut: float) -> Iterator[Unit]:
        """A table as one unit, or one unit per row, each framed by the header."""
        if whole := self._try_whole(block, cut):
            yield from whole
            return
        lines = range(block.first, block.last)
        body, rows = find_rows([self.parsed.line(n) for n in lines]) if block.kind == "html" else (2, None)
        start, end = self.parsed.span(block.first, block.last)
        header = self.parsed.text[start : self.parsed.span(block.first, block.first + body)[1]] if body else "<table>"
        closing = "</table>" if block.kind == "html" else ""
        frame = Frame(start, end, header, closing, self.measure(f"{header} {closing}"))
        if frame.tokens * 4 > self.most * 3 or len(lines) <= body:
            yield from self._cut_lines(block.first, block.last, cut)
            return
        inside = self.with_less_room(frame.tokens)
        units: list[Unit] = []
        for first, last in rows or [(number, number + 1) for number in range(body, len(lines))]:
            begin, stop = block.first + first, block.first + last
            row = inside._make_unit(*self.parsed.span(begin, stop), cut, frame)
            fits = row.tokens <= inside.most
            units += [row] if fits else inside._cut_lines(begin, stop, cut, frame=frame)
            cut = Cost.AT_ROW
        yield from _fill_frame(units, frame)

    def _cut_html(self, block: Block, cut: float) -> Iterator[Unit]:
        """HTML within Markdown: tables, lists and code unchanged; other lines without the layout tags at their ends."""
        if is_table(self.parsed.line(block.first)):
            yield from self._cut_table(block, cut)
            return
        if is_structured(self.parsed.text, *self.parsed.span(block.first, block.last)):
            yield from self._try_whole(block, cut) or self._cut_lines(block.first, block.last, cut)
            return
        for start, end in find_text_spans(self.parsed.text, self.parsed.lines[block.first : block.last]):
            yield from self._cut_line(start, end, cut, None)
            cut = Cost.AT_LINE

    def _cut_code(self, first: int, last: int, cut: float, frame: Frame | None) -> Iterator[Unit]:
        """Code cut at blank lines and top-level statements; a part that is still too large is cut into lines."""
        begin = first
        for end in [*_find_statements(self.parsed, first, last), last]:
            if begin > first:
                cut = Cost.AT_BLANK_LINE if self.parsed.is_blank(begin - 1) else Cost.AT_STATEMENT
            filled = [number for number in range(begin, end) if not self.parsed.is_blank(number)]
            if filled:
                unit = self._make_unit(*self.parsed.span(filled[0], filled[-1] + 1), cut, frame)
                fits = unit.tokens <= self.most
                yield from [unit] if fits else self._cut_lines(begin, end, cut, frame=frame)
            begin = end

    def _cut_lines(self, first: int, last: int, cut: float, *, frame: Frame | None = None) -> Iterator[Unit]:
        for number in range(first, last):
            if not self.parsed.is_blank(number):
                yield from self._cut_line(*self.parsed.lines[number], cut, frame)
                cut = Cost.AT_LINE

    def _cut_line(self, start: int, end: int, cut: float, frame: Frame | None) -> Iterator[Unit]:
        """Text without line breaks: whole if it fits, else cut at sentences, words, and finally anywhere."""
        unit = self._make_unit(start, end, cut, frame)
        if unit.tokens <= self.most or end - start == 1:
            yield unit
            return
        for begin, stop, cost in _split_line(self.parsed.text, start, end, self.most * CHARACTERS_OF_A_TOKEN):
            yield from self._cut_line(begin, stop, cut if begin == start else cost, frame)


def _cost_between(parsed: ParsedMarkdown, before: Block, block: Block) -> float:
    """Cost of ending a chunk between two consecutive blocks."""
    if before.kind == "dropped":
        return Cost.AFTER_LEAD_IN if before.text else Cost.AT_BLOCK
    if parsed.line(before.last - 1).rstrip().endswith(":"):
        return Cost.AFTER_LEAD_IN
    if block.kind == "fence" and before.kind == "paragraph":
        return Cost.BEFORE_CODE
    if block.kind == "list" and before.kind == "fence":
        return Cost.BEFORE_NOTES_ON_CODE
    return Cost.AT_BLOCK


def _is_as_written(block: Block) -> bool:
    """True if a chunk contains the block exactly as in the source: nothing dropped, no HTML, fences closed."""
    return block.kind not in ("dropped", "html") and block.closed and all(map(_is_as_written, block.children))


def _fill_frame(units: list[Unit], frame: Frame) -> list[Unit]:
    """The units inside a frame, with the first and last extended to the frame's own ends."""
    units[0] = replace(units[0], start=frame.start)
    units[-1] = replace(units[-1], end=frame.end)
    return units


def _find_statements(parsed: ParsedMarkdown, first: int, last: int) -> Iterator[int]:
    """Lines of code that follow a blank line, or have the least indentation and don't continue a statement."""
    indents = {}
    for number in range(first, last):
        line = parsed.line(number)
        if line.strip():
            indents[number] = len(line) - len(line.lstrip())
    outermost = min(indents.values(), default=0)
    for number, indent in indents.items():
        at_top = indent == outermost and not _CONTINUES_STATEMENT.match(parsed.line(number).strip())
        if number > first and (at_top or parsed.is_blank(number - 1)):
            yield number


def _split_line(text: str, start: int, end: int, most: int) -> Iterator[tuple[int, int, float]]:
    """`(start, end, cost of the cut before)` of each part: about two halves, or parts of at most about 1.5 `most`
    characters if the run is longer.
    """
    size = min(most, (end - start) // 2)
    cost = 0.0
    while end - start > size + size // 2:
        stop, next_cost = _find_cut(text, start + size // 2, start + size)
        yield start, stop, cost
        start, cost = stop, next_cost
        while start < end and text[start].isspace():
            start += 1
    if start < end:
        yield start, end, cost


def _find_cut(text: str, low: int, high: int) -> tuple[int, float]:
    """The best place to cut between two positions, and its cost: after a sentence, else at a space, else at `high`."""
    window = text[low:high]
    sentences = list(_SENTENCE_END.finditer(window))
    if sentences:
        return low + sentences[-1].end(), Cost.AT_SENTENCE
    spaces = [at for at, character in enumerate(window) if character.isspace()]
    if spaces and spaces[-1] > 0:
        return low + spaces[-1], Cost.AT_WORD
    return high, Cost.ANYWHERE
