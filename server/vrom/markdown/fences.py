"""Fenced code blocks: which lines open and close a fence, and the lines that close and reopen one at a cut.

Every layer that reads Markdown line by line takes its definition of a fence from here.
"""

import re
from dataclasses import dataclass
from typing import NamedTuple

MARK = r"`{3,}|~{3,}"
"""Regular expression of a fence's mark: its run of backticks or tildes."""

DEEPEST_CLOSING = 3
"""Maximum columns that a closing line is indented more than what holds the fence (CommonMark 0.31, section 4.5)."""

_TAB = 4

_FENCE_LINE = re.compile(rf"(?P<indent>[ \t>]*)(?P<mark>{MARK})(?P<info>.*)")


@dataclass(frozen=True)
class Fence:
    """Open fence: the line that opened it, and the line that closes it, both without newline."""

    opening: str
    closing: str


class _FenceLine(NamedTuple):
    """A line that could open a fence: its indent with quote marks, its mark, and its info string."""

    indent: str
    mark: str
    info: str


def _read_fence_line(line: str) -> _FenceLine | None:
    """The parts of a line that could open a fence; None for other lines, also inline code: ```` ```x``` ````."""
    match = _FENCE_LINE.fullmatch(line)
    if match is None or (match["mark"][0] == "`" and "`" in match["info"]):
        return None
    return _FenceLine(match["indent"], match["mark"], match["info"])


def fence_mark(line: str) -> str:
    """The mark that opens a fence on this line, at any indent but not in a quote; empty if none does."""
    opening = _read_fence_line(line)
    return opening.mark if opening and ">" not in opening.indent else ""


def is_closing_line(line: str, mark: str) -> bool:
    """Return true if a line closes the fence opened by `mark`: at any indent, at least as long, without info string."""
    line = line.strip()
    return len(line) >= len(mark) and not line.strip(mark[0])


def indentation(line: str) -> int:
    """Columns before the text of a line, quote marks among them."""
    return len(line[: len(line) - len(line.lstrip(" \t>"))].expandtabs(_TAB))


def is_too_deep(line: str, opening: str) -> bool:
    """True if a line is indented so much more than the one that opened a fence that it is code in it."""
    return indentation(line) - indentation(opening) > DEEPEST_CLOSING


def has_no_info(line: str) -> bool:
    """Return true if a line with a fence's mark has no info string. Without one, the mark is usually a closing one."""
    return not line.strip("`~ \t")


def step(line: str, fence: Fence | None) -> Fence | None:
    """Return the fence that is open after `line`, given the fence that was open before it.

    Fences count at any depth of lists and quotes. A mark with a language where only a closing mark is valid opens a new
    block: packages of the format's first builder split code blocks, so the previous one was never closed.
    """
    found = _read_fence_line(line.rstrip())
    if found is None:
        return fence
    info = found.info.strip()
    if fence is None:
        return Fence(opening=line.rstrip(), closing=found.indent + found.mark)
    expected = fence.closing.strip(" \t>")
    if is_too_deep(line, fence.opening):
        return fence
    if not info and found.mark[0] == expected[0] and len(found.mark) >= len(expected):
        return None
    return Fence(line.rstrip(), found.indent + found.mark) if info and found.mark == expected else fence


def fence_after(text: str, fence: Fence | None = None) -> Fence | None:
    """Return the fence that is open at the end of `text`, given the fence that was open at its start."""
    for line in text.split("\n"):
        fence = step(line, fence)
    return fence
