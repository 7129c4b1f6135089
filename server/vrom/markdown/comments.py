"""HTML comments in Markdown: models read them, and no page shows them.

What is code is decided by the blocks of the whole text, as markdown-it parses them, and within a block by its runs of
backticks (CommonMark 0.31, sections 2.4 and 6.1). A rule for single lines is deceived by an odd backtick, a quoted or
an indented fence, and a comment that continues in another chunk.
"""

import bisect
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

OPENING, CLOSING = "<!--", "-->"

Range = tuple[int, int]
"""Start and end of a part of a text, in characters."""

_MARK = re.compile(r"\\[\\`<]|`+|<!--")
_BACKTICKS = re.compile("`+")


def comment_ranges(text: str) -> list[Range]:
    """Ranges of the HTML comments outside code, in order. One that is never closed reaches to the end of the text."""
    found: list[Range] = []
    end = 0
    for start in _openings(text) if OPENING in text else ():
        if start >= end:
            closing = text.find(CLOSING, start + len(OPENING))
            end = len(text) if closing < 0 else closing + len(CLOSING)
            found.append((start, end))
    return found


def whole_lines(text: str, ranges: Sequence[Range]) -> list[Range]:
    """The ranges, with the rest of their lines where these hold nothing else."""
    widened: list[Range] = []
    at = 0
    for number, (start, end) in enumerate(ranges, 1):
        following = ranges[number][0] if number < len(ranges) else len(text)
        line = text.rfind("\n", at, start) + 1 or at
        after = text.find("\n", end, following) + 1 or following
        begins_line = line == 0 or text[line - 1] == "\n"
        ends_line = after == len(text) or text[after - 1] == "\n"
        if begins_line and ends_line and not text[line:start].strip() and not text[end:after].strip():
            start, end = (line, after) if text[after - 1] == "\n" else (max(line - 1, at), after)
        widened.append((start, end))
        at = end
    return widened


def cut_out(text: str, ranges: Sequence[Range]) -> str:
    """The text without these parts."""
    ends = [0, *(end for _, end in ranges)]
    starts = [*(start for start, _ in ranges), len(text)]
    return "".join(text[end:start] for end, start in zip(ends, starts, strict=True))


def _openings(text: str) -> Iterator[int]:
    """Offsets of `<!--` outside code, those within a comment included."""
    starts = [0, *(match.end() for match in re.finditer("\n", text)), len(text)]
    for kind, first, last in _blocks(text, len(starts) - 1):
        if kind == "html_block":
            yield from (match.start() for match in re.compile(OPENING).finditer(text, starts[first], starts[last]))
        elif kind == "inline":
            yield from _openings_in_inline(text, starts[first], starts[last])


def _blocks(text: str, lines: int) -> Iterator[tuple[str, int, int]]:
    """Kind, first line and line after the last of each block. What the parser leaves out is `inline` as well.

    It leaves out reference definitions, and what is nested deeper than it follows.
    """
    done = 0
    for token in _parser().parse(text):
        if not token.map or token.type not in {"inline", "html_block", "fence", "code_block"}:
            continue
        first, last = token.map[0], min(token.map[1], lines)
        if first > done:
            yield "inline", done, first
        yield token.type, max(first, done), max(last, done)
        done = max(done, last)
    yield "inline", done, lines


def _openings_in_inline(text: str, start: int, end: int) -> Iterator[int]:
    runs: dict[int, list[int]] = defaultdict(list)
    for match in _BACKTICKS.finditer(text, start, end):
        runs[len(match[0])].append(match.start())
    at = start
    while mark := _MARK.search(text, at, end):
        at = mark.end()
        if mark[0] == OPENING:
            yield mark.start()
            closing = text.find(CLOSING, at, end)
            at = end if closing < 0 else closing + len(CLOSING)
        elif mark[0].startswith("`"):
            same = runs[len(mark[0])]
            following = bisect.bisect_left(same, at)
            if following < len(same):  # a code span; without a closing run the backticks are text
                at = same[following] + len(mark[0])


@cache
def _parser() -> "MarkdownIt":
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark").disable("inline")  # blocks alone
