"""Markdown as prose and code blocks in turn, and headings made to fit into another document."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from vrom.markdown.fences import fence_mark, has_no_info, is_too_deep
from vrom.markdown.headings import begins_with_marks

_UNDERLINE = re.compile(r"(?:=+|-{2,})\s*$")
_MOST_MARKS = 6


@dataclass
class Part:
    """Lines of prose, or of a code block with the line that opens it."""

    lines: list[str]
    opening: str = ""
    """The line that opens the block; empty for prose."""

    @property
    def is_code(self) -> bool:
        """True for a code block."""
        return bool(self.opening)

    def write(self) -> str:
        """The part as Markdown. A block is closed, even if it wasn't."""
        mark = fence_mark(self.opening)
        indent = self.opening[: len(self.opening) - len(self.opening.lstrip())]
        return "\n".join([self.opening, *self.lines, indent + mark] if self.is_code else self.lines)


def split_fences(text: str) -> Iterator[Part]:
    """The prose and the code blocks of a Markdown text, in order."""
    part = Part([])
    for line in text.split("\n"):
        mark = fence_mark(line)
        if part.is_code and mark and _closes(line, mark, part.opening):
            yield part
            part = Part([])
        elif mark and not part.is_code:
            if part.lines:
                yield part
            part = Part([], opening=line)
        else:
            part.lines.append(line)
    if part.lines or part.is_code:
        yield part


def _closes(line: str, mark: str, opening: str) -> bool:
    return mark.startswith(fence_mark(opening)) and has_no_info(line) and not is_too_deep(line, opening)


def replace_headings(text: str) -> str:
    """Markdown with its headings replaced by bold lines, so that it stays one section."""
    return _map_headings(text, lambda _, heading: f"**{heading}**")


def lower_headings(text: str) -> str:
    """Markdown with its headings one level lower, for a text below a document's title."""
    return _map_headings(text, lambda level, heading: f"{'#' * min(level + 1, _MOST_MARKS)} {heading}")


def _map_headings(text: str, write: Callable[[int, str], str]) -> str:
    parts = []
    for part in split_fences(text):
        if not part.is_code:
            part.lines = list(_map_prose(part.lines, write))
        parts.append(part.write())
    return "\n".join(parts)


def _map_prose(lines: list[str], write: Callable[[int, str], str]) -> Iterator[str]:
    previous: str | None = None
    for line in lines:
        if previous is not None and previous.strip() and _UNDERLINE.match(line):
            yield write(1 if line.startswith("=") else 2, previous.strip())
            previous = None
            continue
        if previous is not None:
            yield previous
        previous = line
        if begins_with_marks(line):
            level = len(line) - len(line.lstrip("#"))
            yield write(level, line.lstrip("#").strip(" ").rstrip(" #"))
            previous = None
    if previous is not None:
        yield previous
