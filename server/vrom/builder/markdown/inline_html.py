"""HTML that stands in Markdown: which lines of it say something."""

import re
from collections.abc import Iterable, Iterator, Sequence

Span = tuple[int, int]
"""`(start, end)` of characters in a text."""

_STRUCTURE = re.compile(r"<(?:table|tr|pre|code|ul|ol|dl)\b", re.IGNORECASE)
_TAG = re.compile(r"""</?([A-Za-z][\w.-]*)(?:\s(?:[^<>"']|"[^"]*"|'[^']*')*)?/?>""")
INLINE = {
    "a",
    "abbr",
    "b",
    "bdi",
    "bdo",
    "cite",
    "code",
    "data",
    "del",
    "dfn",
    "em",
    "font",
    "i",
    "ins",
    "kbd",
    "label",
}
INLINE |= {"mark", "q", "s", "samp", "small", "span", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr"}
"""Tags that mark words within a line, and so say nothing about blocks."""


def is_structured(text: str, start: int, end: int) -> bool:
    """Whether HTML holds tables, lists or code, where its tags carry meaning."""
    return _STRUCTURE.search(text, start, end) is not None


def is_layout(text: str, lines: Sequence[Span]) -> bool:
    """Whether HTML is nothing but tags: pictures, frames, boxes."""
    start, end = lines[0][0], lines[-1][1]
    return not is_structured(text, start, end) and next(spoken_parts(text, lines), None) is None


def is_table(line: str) -> bool:
    """Whether an HTML table begins with this line."""
    return re.match(r"\s*<table\b", line, re.IGNORECASE) is not None


def html_rows(lines: Sequence[str]) -> tuple[int, list[tuple[int, int]]]:
    """Of an HTML table: how many lines its header has, and the lines of each row after it, `(first, last)` exclusive.

    The header is what stands before the first row, and that row too if it has header cells.
    """
    ends = [number + 1 for number, line in enumerate(lines) if "</tr" in line.lower()]
    begin = next((number for number, line in enumerate(lines) if "<tr" in line.lower()), len(lines))
    if ends and any("<th" in line.lower() for line in lines[begin : ends[0]]):
        begin = ends[0]
    rows = []
    for first, last in zip([begin, *ends], [*ends, len(lines)], strict=True):
        if begin <= first < last:
            rows.append((first, last))
    if len(rows) > 1 and rows[-1][0] == ends[-1]:  # what follows the last row closes the table
        rows[-2:] = [(rows[-2][0], rows[-1][1])]
    return begin, rows


def spoken_parts(text: str, lines: Sequence[Span]) -> Iterator[Span]:
    """Of each line, the part that remains when the tags of its layout are taken from both ends; none if none does."""
    tags = list(_TAG.finditer(text, lines[0][0], lines[-1][1]))
    first = 0
    for start, end in lines:
        while first < len(tags) and tags[first].end() <= start:
            first += 1
        last = first
        while last < len(tags) and tags[last].start() < end:
            last += 1
        on_line = tags[first:last]
        if _outside(text, start, end, on_line).strip():
            layout = [tag.span() for tag in on_line if tag[1].lower() not in INLINE or "\n" in tag[0]]
            yield _without_ends(text, start, end, layout)


def _outside(text: str, start: int, end: int, tags: Iterable[re.Match[str]]) -> str:
    parts = []
    for tag in tags:
        parts.append(text[start : max(start, tag.start())])
        start = max(start, tag.end())
    return "".join([*parts, text[start:end]])


def _without_ends(text: str, start: int, end: int, layout: Sequence[Span]) -> Span:
    """A stretch of text without the tags, and the whitespace, at both its ends."""
    for tag_start, tag_end in layout:
        if text[start : max(start, tag_start)].strip():
            break
        start = max(start, min(end, tag_end))
    for tag_start, tag_end in reversed(layout):
        if text[min(end, tag_end) : end].strip():
            break
        end = max(start, min(end, tag_start))
    part = text[start:end]
    return start + len(part) - len(part.lstrip()), start + len(part.rstrip())
