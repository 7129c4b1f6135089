"""The text of a section, as lines for comparison.

Text is compared line by line with whitespace normalised; lines of fewer than 10 characters ("}", "---") don't identify
their source and are ignored.
"""

import re
from collections import Counter

from vrom.errors import InvalidArgumentError

SHORTEST_LINE = 10
_HEADING = re.compile(r"(#{1,6})\s+(.*)")
_FENCE = re.compile(r"\s*(`{3,}|~{3,})")


def telling_lines(text: str) -> list[str]:
    """The lines of a text with at least `SHORTEST_LINE` characters, whitespace normalised."""
    squeezed = (" ".join(line.split()) for line in text.split("\n"))
    return [line for line in squeezed if len(line) >= SHORTEST_LINE]


def section_lines(page: str, heading: str, line: int | None) -> Counter[str]:
    """The `telling_lines` of a section, with their counts.

    A section runs to the next heading of its own or a higher level; a document's title covers only its introduction, up
    to the next heading of any level. `line` counts from 1; without it, the first heading of that name is used. Raises
    `InvalidArgumentError` if there is no such heading.
    """
    lines = page.split("\n")
    if not heading:
        return Counter(telling_lines(page))
    found = headings(lines)
    start = line - 1 if line else next((i for i, _, name in found if name == heading), -1)
    if not 0 <= start < len(lines) or not (match := _HEADING.match(lines[start])):
        raise InvalidArgumentError(f"There is no heading {heading!r}{f' at line {line}' if line else ''}.")
    level = len(match[1])
    end = next((i for i, other, _ in found if i > start and (level == 1 or other <= level)), len(lines))
    return Counter(telling_lines("\n".join(lines[start:end])))


def headings(lines: list[str]) -> list[tuple[int, int, str]]:
    """Headings outside fenced code: (line from 0, level, text)."""
    found: list[tuple[int, int, str]] = []
    fence = ""
    for i, line in enumerate(lines):
        if mark := _FENCE.match(line):
            if not fence:
                fence = mark[1]
            elif mark[1][0] == fence[0] and len(mark[1]) >= len(fence) and line.strip() == mark[1]:
                fence = ""
        elif not fence and (match := _HEADING.match(line)):
            found.append((i, len(match[1]), match[2].rstrip()))
    return found
