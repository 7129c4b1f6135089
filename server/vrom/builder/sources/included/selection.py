"""Parts of an included file: lines, a named region, what is between two texts, a Python object.

Each function returns the part as text, and raises `NotIncludedError` if the file doesn't have it.
"""

import ast
import re
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from vrom.builder.sources.included.tree import NotIncludedError

MISSING_PART = "included part not found"
LineRange = tuple[int | None, int | None]
"""First and last line, counted from 1 and both included; negative numbers count from the end, None is open."""

_RANGE = re.compile(r"(-?\d{1,9})?\s*(?:([:-]|\.\.)\s*(-?\d{1,9})?)?")


def parse_ranges(text: str) -> list[LineRange]:
    """Ranges such as `1-3,7`, `3:7` or `12-`. Raises `NotIncludedError` if they aren't."""
    ranges: list[LineRange] = []
    for part in re.split(r"[,;\s]+", text.strip()):
        found = _RANGE.fullmatch(part)
        if found is None or not part:
            raise NotIncludedError(MISSING_PART)
        first = int(found[1]) if found[1] else None
        last = (int(found[3]) if found[3] else None) if found[2] else first
        ranges.append((first, last))
    return ranges


def take_lines(text: str, ranges: Iterable[LineRange]) -> str:
    """The lines in these ranges, each range as far as the file goes."""
    lines = text.rstrip("\n").split("\n")
    taken: list[str] = []
    for first, last in ranges:
        start = _line_number(first, len(lines)) or 1
        end = _line_number(last, len(lines))
        taken += lines[start - 1 : len(lines) if end is None else end]
        if len(taken) > len(lines) * 4:
            break
    if not taken:
        raise NotIncludedError(MISSING_PART)
    return "\n".join(taken)


def _line_number(number: int | None, count: int) -> int | None:
    return number if number is None or number >= 0 else max(1, count + 1 + number)


_OWN_MARKS = (
    r"-+8<-+[ \t]*\[[ \t]*(?P<snippet>start|end)[ \t]*:[ \t]*(?P<section>[\w.-]+)[ \t]*\]",  # pymdownx.snippets
    r"\b(?P<anchor>(?-i:ANCHOR|ANCHOR_END)):[ \t]*(?P<name>[\w.-]+)",  # mdBook
    r"#(?:pragma[ \t]+)?(?P<kind>region|endregion)\b[ \t]*(?P<region>[\w.*-]*)",  # VitePress and editors
    r"\b(?P<tag>tag|end)::(?P<tagged>[\w.-]+)\[\]",  # AsciiDoc
)
_OWN_MARK = re.compile("|".join(_OWN_MARKS), re.IGNORECASE)
_LOOSE_MARK = re.compile(
    r"^[ \t]*(?://|/\*|--|#|<!--)[ \t]*(?P<kind>region|endregion)\b[ \t]*(?P<region>[\w.*-]*)[ \t]*(?:\*/|-->)?[ \t]*$"
)
_LONGEST_LINE = 1_000


def _read_mark(line: str) -> tuple[bool, str] | None:
    """Whether a line begins a region, and the region's name; None for other lines."""
    if len(line) > _LONGEST_LINE:
        return None
    found = _OWN_MARK.search(line) or _LOOSE_MARK.match(line)
    if found is None:
        return None
    parts = found.groupdict()
    word = next(filter(None, (parts.get(name) for name in ("snippet", "anchor", "kind", "tag"))))
    name = next((parts[key] for key in ("section", "name", "region", "tagged") if parts.get(key)), "")
    return word.lower() in ("start", "anchor", "region", "tag"), name


def drop_marks(text: str) -> str:
    """The text without the lines that mark where regions begin and end."""
    if not _OWN_MARK.search(text):
        return text
    return "\n".join(line for line in text.split("\n") if len(line) > _LONGEST_LINE or not _OWN_MARK.search(line))


def take_region(text: str, name: str) -> str:
    """The lines of a named region, which may be in several pieces; lines with marks are left out."""
    taken: list[str] = []
    open_regions: list[str] = []
    found = False
    for line in text.split("\n"):
        if (mark := _read_mark(line)) is None:
            if name in open_regions:
                taken.append(line)
            continue
        begins, region = mark
        if begins:
            open_regions.append(region)
            found = found or region == name
        elif open_regions:
            named = region in open_regions
            open_regions.remove(region) if named else region or open_regions.pop()
    return "\n".join(taken) if found else _take_other_region(text, name)


def _take_other_region(text: str, name: str) -> str:
    """A region in the comments of Doxygen, docfx or Google's samples: the name in brackets, at both ends."""
    escaped = re.escape(name)
    begin = re.compile(rf"(?:\[|<|\[START[ ]){escaped}[\]>][ \t]*(?:\*/|-->)?[ \t]*$")
    end = re.compile(rf"(?:\[|</|\[END[ ]){escaped}[\]>][ \t]*(?:\*/|-->)?[ \t]*$")
    lines = text.split("\n")
    starts = [number for number, line in enumerate(lines) if len(line) < _LONGEST_LINE and begin.search(line)]
    for start in starts[:1]:
        for number in range(start + 1, len(lines)):
            if len(lines[number]) < _LONGEST_LINE and end.search(lines[number]):
                return "\n".join(lines[start + 1 : number])
    raise NotIncludedError(MISSING_PART)


def take_heading(text: str, anchor: str) -> str:
    """The section of a Markdown file whose heading has this anchor, as VitePress takes it."""
    wanted, level, taken = anchor.lower().strip("#"), 0, []
    for line in text.split("\n"):
        heading = re.match(r"(#{1,6})[ \t]+(.{1,500})$", line)
        if heading and level and len(heading[1]) <= level:
            break
        if heading and not level and wanted in _anchors(heading[2]):
            level = len(heading[1])
        if level:
            taken.append(line)
    if not taken:
        raise NotIncludedError(MISSING_PART)
    return "\n".join(taken)


def _anchors(title: str) -> set[str]:
    own = re.search(r"\{#([\w-]+)\}", title)
    words = re.sub(r"[^\w\s-]", "", title.partition("{#")[0].lower()).split()
    return {"-".join(words), *([own[1].lower()] if own else [])}


def take_between(
    text: str, *, start_after: str = "", end_before: str = "", start_at: str = "", end_at: str = ""
) -> str:
    """The lines from one that contains a text to one that contains another, as `literalinclude` takes them."""
    lines = text.split("\n")
    first, last = 0, len(lines)
    if start := start_after or start_at:
        first = _find_line(lines, start, 0) + bool(start_after)
    if end := end_before or end_at:
        last = _find_line(lines, end, first if start_after else first + bool(start_at)) + bool(end_at)
    return "\n".join(lines[first:last])


def _find_line(lines: Sequence[str], text: str, start: int) -> int:
    for number in range(start, len(lines)):
        if text in lines[number]:
            return number
    raise NotIncludedError(MISSING_PART)


def cut_between(text: str, start: str, end: str) -> str:
    """The text after the first `start` and before the next `end`, as `include` takes it; empty for no bound."""
    if start:
        _, found, text = text.partition(start)
        if not found:
            raise NotIncludedError(MISSING_PART)
    if end:
        text, found, _ = text.partition(end)
        if not found:
            raise NotIncludedError(MISSING_PART)
    return text


def take_python_object(text: str, name: str) -> str:
    """The lines of a class, function or method of a Python file, with its decorators."""
    try:
        body: list[ast.stmt] = ast.parse(text).body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise NotIncludedError(MISSING_PART) from error
    node: ast.stmt | None = None
    for part in name.split("."):
        node = next((one for one in body if _is_named(one, part)), None)
        if node is None:
            raise NotIncludedError(MISSING_PART)
        body = getattr(node, "body", [])
    if node is None:
        raise NotIncludedError(MISSING_PART)
    decorators = [one.lineno for one in getattr(node, "decorator_list", [])]
    return take_lines(text, [(min([node.lineno, *decorators]), node.end_lineno)])


def _is_named(node: ast.stmt, name: str) -> bool:
    if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
        return node.name == name
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    return any(isinstance(one, ast.Name) and one.id == name for one in targets)


def dedent(text: str, columns: int | None = None) -> str:
    """The text without so many columns of indentation, or without what all of its lines share."""
    if columns is None:
        return textwrap.dedent(text)
    return "\n".join(line[min(columns, len(line) - len(line.lstrip())) :] for line in text.split("\n"))


@dataclass(frozen=True)
class Part:
    """The part of a file that a page wants; all of it by default."""

    lines: str = ""
    """Ranges as in `parse_ranges`."""
    region: str = ""
    heading: bool = False
    """True if `region` may also be the anchor of a heading."""
    python_object: str = ""
    start_after: str = ""
    end_before: str = ""
    start_at: str = ""
    end_at: str = ""
    by_text: bool = False
    """True to cut at the texts themselves rather than at the lines that contain them."""
    dedent: int | None = None
    """Columns of indentation to remove; -1 for what all lines share."""

    @property
    def is_whole(self) -> bool:
        """True if it is all of a file."""
        return replace(self, dedent=None, heading=False, by_text=False) == Part()

    def take(self, text: str) -> str:
        """The part of a text, without marks of regions. Raises `NotIncludedError` if it isn't there."""
        if self.python_object:
            text = take_python_object(text, self.python_object)
        if self.region:
            text = self._take_region(text)
        if self.by_text:  # docutils counts lines first, and Sphinx last
            text = take_lines(text, parse_ranges(self.lines)) if self.lines else text
            text = cut_between(text, self.start_after, self.end_before)
        else:
            text = self._take_between(text)
            text = take_lines(text, parse_ranges(self.lines)) if self.lines else text
        text = drop_marks(text)
        return text if self.dedent is None else dedent(text, None if self.dedent < 0 else self.dedent)

    def _take_between(self, text: str) -> str:
        return take_between(
            text, start_after=self.start_after, end_before=self.end_before, start_at=self.start_at, end_at=self.end_at
        )

    def _take_region(self, text: str) -> str:
        try:
            return take_region(text, self.region)
        except NotIncludedError:
            if not self.heading:
                raise
            return take_heading(text, self.region)
