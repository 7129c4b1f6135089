"""The text of a section, as lines for comparison.

Text is compared line by line with whitespace normalised; lines of fewer than 10 characters ("}", "---") don't identify
their source and are ignored.
"""

from collections import Counter

from vrom.errors import InvalidArgumentError
from vrom.markdown.fences import Fence, step
from vrom.markdown.headings import read_heading

SHORTEST_LINE = 10


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
    if not 0 <= start < len(lines) or not (own := read_heading(lines[start], indented=False)):
        raise InvalidArgumentError(f"There is no heading {heading!r}{f' at line {line}' if line else ''}.")
    end = next((i for i, level, _ in found if i > start and (own.level == 1 or level <= own.level)), len(lines))
    return Counter(telling_lines("\n".join(lines[start:end])))


def nearest_heading(page: str, heading: str, line: int | None) -> int | None:
    """Line, from 1, of the heading of this name that is nearest to `line`; None without `line` or such a heading.

    A cartridge's text has fewer or more lines than the document that it was built from, or was built from before.
    """
    if line is None:
        return None
    named = [i + 1 for i, _, name in headings(page.split("\n")) if name == heading]
    return min(named, key=lambda found: abs(found - line), default=None)


def headings(lines: list[str]) -> list[tuple[int, int, str]]:
    """Headings outside fenced code: (line from 0, level, text)."""
    found: list[tuple[int, int, str]] = []
    fence: Fence | None = None
    for i, line in enumerate(lines):
        if fence is None and (heading := read_heading(line, indented=False)):
            found.append((i, heading.level, heading.text.rstrip()))
        fence = step(line, fence)
    return found
