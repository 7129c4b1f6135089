"""HTML within Markdown: tables, layout, and lines with text."""

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
"""Tags that mark words within a line and carry no block structure."""


def is_structured(text: str, start: int, end: int) -> bool:
    """True if HTML contains tables, lists or code, whose tags carry meaning."""
    return _STRUCTURE.search(text, start, end) is not None


def is_layout(text: str, lines: Sequence[Span]) -> bool:
    """True if HTML is nothing but layout tags: images, frames, boxes."""
    start, end = lines[0][0], lines[-1][1]
    return not is_structured(text, start, end) and next(find_text_spans(text, lines), None) is None


def is_table(line: str) -> bool:
    """True if an HTML table begins with this line."""
    return re.match(r"\s*<table\b", line, re.IGNORECASE) is not None


def find_rows(lines: Sequence[str]) -> tuple[int, list[tuple[int, int]]]:
    """Number of header lines of an HTML table, and the lines of each row after them, `(first, last)` exclusive.

    The header is everything before the first row, and that row, too, if it has header cells.
    """
    ends = [number + 1 for number, line in enumerate(lines) if "</tr" in line.lower()]
    begin = next((number for number, line in enumerate(lines) if "<tr" in line.lower()), len(lines))
    if ends and any("<th" in line.lower() for line in lines[begin : ends[0]]):
        begin = ends[0]
    rows = []
    for first, last in zip([begin, *ends], [*ends, len(lines)], strict=True):
        if begin <= first < last:
            rows.append((first, last))
    if len(rows) > 1 and rows[-1][0] == ends[-1]:  # the lines after the last row close the table
        rows[-2:] = [(rows[-2][0], rows[-1][1])]
    return begin, rows


def find_text_spans(text: str, lines: Sequence[Span]) -> Iterator[Span]:
    """The span of each line that has text, without the layout tags at both its ends."""
    tags = list(_TAG.finditer(text, lines[0][0], lines[-1][1]))
    first = 0
    for start, end in lines:
        while first < len(tags) and tags[first].end() <= start:
            first += 1
        last = first
        while last < len(tags) and tags[last].start() < end:
            last += 1
        on_line = tags[first:last]
        if _text_outside_tags(text, start, end, on_line).strip():
            layout = [tag.span() for tag in on_line if tag[1].lower() not in INLINE or "\n" in tag[0]]
            yield _trim_layout(text, start, end, layout)


def _text_outside_tags(text: str, start: int, end: int, tags: Iterable[re.Match[str]]) -> str:
    parts = []
    for tag in tags:
        parts.append(text[start : max(start, tag.start())])
        start = max(start, tag.end())
    return "".join([*parts, text[start:end]])


def _trim_layout(text: str, start: int, end: int, layout: Sequence[Span]) -> Span:
    """A span of text without the layout tags and whitespace at both its ends."""
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
