"""Cutting a Markdown text at good places, and closing and reopening the blocks that a cut divides.

A cut inside a fenced block closes it and opens it again with its language; a cut inside a table repeats its header.
What is added at a cut is never counted as text of the document: offsets always mean the text itself.
"""

import re
from bisect import bisect_right
from dataclasses import dataclass
from typing import NamedTuple

from vrom.answers.passages.size import end_within, size
from vrom.markdown.fences import Fence, fence_after, step
from vrom.markdown.headings import begins_section

_TABLE_RULE = re.compile(r"[ \t>]*+\|?[ \t]*+:?-++:?[ \t]*+(?:\|[ \t]*+:?-++:?[ \t]*+)*+\|?[ \t]*+")

_IN_BLOCK, _LINE, _PARAGRAPH, _SECTION = range(4)


@dataclass(frozen=True)
class Excerpt:
    """Part of a text that reads on its own. `start` and `end` are offsets into the text, `text` what is shown."""

    text: str
    start: int
    end: int


class _Line(NamedTuple):
    start: int
    fence: Fence | None  # open before this line
    after: Fence | None  # open after it
    table_header: str  # of the table of which this line is a row
    cut: int  # how good a place before this line is to cut


class Layout:
    """The lines of a text: for each what is open before it, and how good a place to cut it is."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._lines = list(_lines(text))
        self._starts = [line.start for line in self._lines]

    def excerpt(self, start: int, end: int, limit: int, *, repeat_header: bool = True) -> Excerpt:
        """As much of `text[start:end]` as fits the size `limit` with what its ends need; always some of it.

        `repeat_header=False` is for a reader who has just read the table's beginning.
        """
        line = self._lines[self._index(start)]
        if line.table_header and not repeat_header:
            line = line._replace(table_header="")
        lead, tail = _lead(line), _longest_tail(self._lines[self._index(start) : self._index(max(start, end - 1)) + 1])
        if size(lead) + tail + 16 > limit:
            lead, tail = "", 0  # a fence line or header longer than the budget: only the text itself
        stop = self._cut(start, end, max(1, limit - size(lead) - tail))
        body = self.text[start:stop]
        if lead and line.fence:
            body, lead = _without_closing_line(body, line.fence, lead)
        fence = fence_after(body, line.fence if lead else None) if tail else None
        shown = lead + body.strip("\n")
        return Excerpt(f"{shown}\n{fence.closing}" if fence else shown, start, stop)

    def blocks(self, start: int, end: int) -> list[tuple[int, int]]:
        """The ranges between blank lines outside fenced code, within `[start, end)`."""
        edges = [line.start for line in self._lines if start < line.start < end and line.cut >= _PARAGRAPH]
        return list(zip([start, *edges], [*edges, end], strict=True))

    def prose_lines(self) -> "list[tuple[int, str]]":
        """Offset and text of each line outside fenced code."""
        ends = [*self._starts[1:], len(self.text)]
        return [
            (line.start, self.text[line.start : end].rstrip("\r\n"))
            for line, end in zip(self._lines, ends, strict=True)
            if line.fence is None
        ]

    def _index(self, offset: int) -> int:
        """Of the line that holds an offset."""
        return max(0, bisect_right(self._starts, offset) - 1)

    def _cut(self, start: int, end: int, room: int) -> int:
        """The end of a part no larger than `room`: the best place in its second half, else its last line."""
        stop = end_within(self.text, start, end, room)
        if stop >= end:
            return end
        room = max(1, stop - start)
        first, last = bisect_right(self._starts, start), bisect_right(self._starts, start + room)
        candidates = self._lines[first:last]
        for share, least in ((2, _LINE), (4, _PARAGRAPH), (2, _IN_BLOCK)):
            late = [line for line in candidates if line.start >= start + room // share and line.cut >= least]
            if late:
                best = max(line.cut for line in late)
                return next(line.start for line in reversed(late) if line.cut == best)
        if candidates:
            return candidates[-1].start
        space = self.text.rfind(" ", start + 1, start + room) + 1
        return space or start + room


def _lines(text: str) -> "list[_Line]":
    found: list[_Line] = []
    fence: Fence | None = None
    header, before, blank, offset = "", "", True, 0
    for line in re.findall(r"[^\n]*\n|[^\n]+", text) or [""]:
        bare = line.rstrip("\r\n")
        inside = fence is not None
        if inside or "|" not in bare:
            header = ""
        after = step(bare, fence)
        if not inside and before and "|" in bare and _TABLE_RULE.fullmatch(bare):
            found.append(_Line(offset, None, None, "", _IN_BLOCK))
            header = before + line
        else:
            found.append(_Line(offset, fence, after, header, _cut_quality(bare, inside, header, blank)))
        fence = after
        blank = not bare.strip()
        before = line if "|" in bare and not inside and not header else ""
        offset += len(line)
    return found


def _cut_quality(line: str, inside: bool, header: str, after_blank: bool) -> int:
    if inside or header:
        return _IN_BLOCK
    if begins_section(line):
        return _SECTION
    return _PARAGRAPH if after_blank and line.strip() else _LINE


def _lead(line: _Line) -> str:
    return f"{line.fence.opening}\n" if line.fence else line.table_header


def _longest_tail(lines: list[_Line]) -> int:
    """Characters to keep free for a closing fence, wherever in these lines the cut will fall."""
    fences = {lines[0].fence, *(line.after for line in lines)}
    return max((len(fence.closing) + 1 for fence in fences if fence), default=0)


def _without_closing_line(body: str, fence: Fence, lead: str) -> tuple[str, str]:
    """A part that starts with the closing line of its fence needs neither that line nor an opening one."""
    first, _, rest = body.partition("\n")
    return (rest, "") if step(first, fence) is None else (body, lead)
