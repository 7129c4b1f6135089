"""The lines of a page with HTML: where blocks begin and end, and the margins that they have in lists and quotes."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from vrom.builder.markdown.blocks import parse_markdown
from vrom.builder.sources.formats.markdown.html.pairs import Element
from vrom.builder.sources.formats.markdown.lines import margin_of, surroundings
from vrom.builder.sources.formats.markdown.mdx.edits import Edits
from vrom.builder.sources.formats.markdown.mdx.jsx import Tag, strip_tags

_ITEM = re.compile(r"[ \t>]*(?:[-*+]|\d{1,9}[.)])[ \t]+")
_LINE_BREAK = re.compile(r"[ \t]*\n[ \t>]*")


class Layout(Edits):
    """A text, and edits of its tags that put blocks onto lines of their own."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._html = list(_find_blocks(text))
        self._starts = [block.start for block in self._html]

    def remove_indentation(self) -> None:
        """Remove the indentation of lines of HTML, so that what is left is no code."""
        for block in self._html:
            for start, end in block.indentation(self.text):
                self.replace(start, end, "")

    def around(self, element: Element, before: str, after: str) -> None:
        """Replace an element's tags."""
        self.replace(element.opening.start, element.opening.end, before)
        if element.closing:
            self.replace(element.closing.start, element.closing.end, after)

    def inside(self, element: Element) -> str:
        """The text between an element's tags."""
        return self.text[element.opening.end : element.closing.start] if element.closing else ""

    def row(self, tag: Tag) -> bool:
        """True if a tag is in a line that can't be cut: a heading or a table's row."""
        before, after = surroundings(self.text, tag.start, tag.end)
        line = before.lstrip(" \t>")
        return line.startswith(("|", "#")) or (
            "|" in before and after.rstrip().endswith("|") and "|" in strip_tags(before)
        )

    def margin(self, tag: Tag, before: str) -> str:
        """The margin of the block that a tag is in."""
        number = bisect_right(self._starts, tag.start) - 1
        if number >= 0 and tag.start < self._html[number].end:
            return self._html[number].margin
        item = _ITEM.match(before)
        return re.sub(r"[^\s>]", " ", item[0]) if item else margin_of(before)

    def apart(self, tag: Tag) -> str:
        """What ends a block at a tag, with the margin of what follows."""
        before, after = surroundings(self.text, tag.start, tag.end)
        if self.row(tag):
            return " " if before[-1:].isalnum() and after[:1].isalnum() else ""
        item = _ITEM.match(before)
        if item and not strip_tags(before[item.end() :]).strip():
            return ""
        margin = self.margin(tag, before)
        return f"\n{margin.rstrip()}\n{margin}" if before.strip(" \t>") or not margin else f"\n{margin}"

    def remove_with_space(self, tag: Tag) -> None:
        """Remove a tag, and the whitespace before it."""
        self.replace(self.space_before(tag.start), tag.end, "")

    def space_before(self, at: int) -> int:
        """Where the whitespace before a position begins."""
        while at and self.text[at - 1].isspace():
            at -= 1
        return at

    def join_lines(self, element: Element) -> None:
        """Make one line of what is within an element."""
        inside = self.inside(element)
        start = element.opening.end + len(inside) - len(inside.lstrip())
        for found in _LINE_BREAK.finditer(self.text, start, element.opening.end + len(inside.rstrip())):
            self.replace(found.start(), found.end(), " ")

    def own_line(self, element: Element, before: str, after: str) -> None:
        """Put the content of an element onto a line of its own, between these marks."""
        self.join_lines(element)
        inside = self.inside(element)
        opening, closing = element.opening, element.closing
        lead, tail = len(inside) - len(inside.lstrip()), len(inside) - len(inside.rstrip())
        self.replace(opening.start, opening.end + lead, self.apart(opening) + before)
        if closing:
            self.replace(closing.start - tail, closing.end, after + self.apart(closing))


@dataclass(frozen=True)
class _HtmlBlock:
    """Lines of HTML, of which only the first one's margin has a meaning."""

    start: int
    end: int
    margin: str

    def indentation(self, text: str) -> Iterator[tuple[int, int]]:
        """The spans of the indentation of its lines."""
        if re.match(r"[ \t>]*<(?:table|pre|script|style|svg|!--)", text[self.start : self.end], re.IGNORECASE):
            return
        for line in re.finditer(r"^([ \t>]*)(?=\S)", text[self.start : self.end], re.MULTILINE):
            width = len(self.margin)
            if line.start() and len(line[1]) > width and line[1].startswith(self.margin):
                yield self.start + line.start() + width, self.start + line.end()


def _find_blocks(text: str) -> Iterator[_HtmlBlock]:
    parsed = parse_markdown(text)
    pending = list(reversed(parsed.blocks))
    while pending:
        block = pending.pop()
        pending += reversed(block.children)
        if block.kind == "html" or (block.kind == "dropped" and block.last - block.first > 1):
            start, end = parsed.span(block.first, block.last)
            margin = margin_of(text[start:end])
            item = _ITEM.match(text, start)
            yield _HtmlBlock(start, end, re.sub(r"[^\s>]", " ", item[0]) if item else margin)
