"""Fenced code blocks: tracking the open fence line by line, and the lines to close and reopen it at a cut."""

import re
from dataclasses import dataclass

_FENCE = re.compile(r"(?P<indent>[ \t>]*)(?P<mark>`{3,}|~{3,})(?P<info>.*)")


@dataclass(frozen=True)
class Fence:
    """Open fence: the line that opened it, and the line that closes it, both without newline."""

    opening: str
    closing: str


def step(line: str, fence: Fence | None) -> Fence | None:
    """Return the fence that is open after `line`, given the fence that was open before it.

    Fences count at any depth of lists and quotes. A mark with a language where only a closing mark is valid opens a new
    block: packages of the format's first builder split code blocks, so the previous one was never closed.
    """
    match = _FENCE.fullmatch(line.rstrip())
    if match is None:
        return fence
    mark, info = match["mark"], match["info"].strip()
    if mark[0] == "`" and "`" in info:
        return fence  # inline code
    opened = Fence(opening=line.rstrip(), closing=match["indent"] + mark)
    if fence is None:
        return opened
    expected = fence.closing.strip(" \t>")
    if not info and mark[0] == expected[0] and len(mark) >= len(expected):
        return None
    return opened if info and mark == expected else fence


def fence_after(text: str, fence: Fence | None = None) -> Fence | None:
    """Return the fence that is open at the end of `text`, given the fence that was open at its start."""
    for line in text.split("\n"):
        fence = step(line, fence)
    return fence
