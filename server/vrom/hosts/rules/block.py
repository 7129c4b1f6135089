"""A block of vrom's in a shared Markdown file, between two lines with markers.

Inserting appends the block after an empty line. A final line end is written after it only if the text had one, so that
removing the block gives the text back exactly. Every change is parsed as Markdown: the markers must be at the top
level, outside code blocks, lists and comments.
"""

import re
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

BEGIN = "<!-- vrom:begin -->"
END = "<!-- vrom:end -->"

_MARKER = re.compile(r"<!--[ \t]*vrom:(?:begin|end)")
_LINE_END = re.compile(r"\r\n|\r|\n")


class MarkerError(ValueError):
    """The block can't be found or inserted safely; `line` counts from 1."""

    def __init__(self, line: int, problem: str) -> None:
        self.line, self.problem = line, problem
        super().__init__(f"line {line}: {problem}")


def find_block(text: str) -> tuple[int, int] | None:
    """Start and end of the block in `text`, with its markers; None if there is none.

    Raises `MarkerError` for markers that are not a pair of lines of their own, outside code blocks.
    """
    starts = [found.start() for found in _MARKER.finditer(text)]
    if not starts:
        return None
    markers = [_read_marker(text, start) for start in starts]
    if markers[0] == END:
        raise MarkerError(_line_at(text, starts[0]), f"{END} without {BEGIN} before it")
    if len(markers) == 1 or markers[1] == BEGIN:
        raise MarkerError(_line_at(text, starts[0]), f"{BEGIN} without {END} after it")
    if len(markers) > 2:
        raise MarkerError(_line_at(text, starts[2]), f"a second {markers[2]}; expected one block")
    top_level = {token.map[0] for token in _parse(text) if token.type == "html_block" and not token.level and token.map}
    for start in starts:
        line = _line_at(text, start)
        if line - 1 not in top_level:
            raise MarkerError(line, "a marker of vrom inside a code block, a list or a comment")
    return starts[0], starts[1] + len(END)


def insert_block(existing: str, block: str) -> str:
    """`existing` with the block in place of an older one, else at the end. Raises `MarkerError`.

    The block's line ends become those of the text.
    """
    span = find_block(existing)
    newline = _newline(existing[span[0] : span[1]] if span else existing)
    block = _LINE_END.sub(newline, block)
    if span:
        changed = existing[: span[0]] + block + existing[span[1] :]
    elif not existing:
        changed = block + newline
    elif existing.endswith("\n"):
        changed = existing + newline + block + newline
    else:
        changed = existing + newline * 2 + block
    _check_open_end(changed, existing)
    return changed


def remove_block(existing: str) -> str:
    """`existing` without the block: the text that it was inserted into, if nothing else was changed.

    Raises `MarkerError`.
    """
    span = find_block(existing)
    if span is None:
        return existing
    before, after = existing[: span[0]], existing[span[1] :]
    newline = _newline(existing[span[0] : span[1]])
    if after.startswith(newline):
        after = after.removeprefix(newline)
        if before.endswith("\n" + newline):
            before = before.removesuffix(newline)
    elif not after:
        before = before.removesuffix(newline * 2)
    return before + after


def _read_marker(text: str, start: int) -> str:
    """The marker at `start`. Raises `MarkerError` if it isn't exact and alone on its line."""
    line_start = max(text.rfind("\n", 0, start), text.rfind("\r", 0, start)) + 1
    line = _LINE_END.split(text[line_start:], maxsplit=1)[0]
    if line not in {BEGIN, END}:
        raise MarkerError(_line_at(text, start), f"expected {BEGIN} or {END}, alone on the line")
    return line


def _check_open_end(changed: str, existing: str) -> None:
    """Check that the block is found in the changed text: not if the text ends in an unclosed code block or comment."""
    try:
        find_block(changed)
    except MarkerError as error:
        last = [token.map[0] for token in _parse(existing) if token.map and not token.level]
        line = last[-1] + 1 if last else error.line
        raise MarkerError(line, "a code block or a comment that is not closed begins here") from error


def _line_at(text: str, at: int) -> int:
    return len(_LINE_END.findall(text, 0, at)) + 1


def _newline(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def _parse(text: str) -> "list[Token]":
    return _parser().parse(text)


@cache
def _parser() -> "MarkdownIt":
    """A parser of blocks only."""
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark").disable("inline")
