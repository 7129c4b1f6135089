"""Fence paragraphs of code in a text."""

from collections.abc import Iterator, Sequence

from vrom.builder.text_dumps.code_lines import find_code_end, guess_language, is_statement
from vrom.builder.text_dumps.evidence import find_button_labels
from vrom.markdown.fences import fence_mark, has_no_info


def fence_bare_code(text: str) -> str:
    """Add fences around paragraphs that consist entirely of code.

    Consecutive paragraphs of code share one fence. Lists, tables and quotes aren't code.
    """
    lines = text.split("\n")
    if labels := find_button_labels(lines):
        lines = [line for line in lines if line.strip() not in labels]
    result: list[str] = []
    number = 0
    for first, last in _find_bare_code(lines):
        result += [*lines[number:first], f"```{guess_language(lines[first:last])}", *lines[first:last], "```"]
        number = last
    return "\n".join([*result, *lines[number:]])


def _find_bare_code(lines: Sequence[str]) -> Iterator[tuple[int, int]]:
    """`(first, last)` exclusive, of each run of consecutive code paragraphs."""
    found: tuple[int, int] | None = None
    for first, last in _find_paragraphs(lines):
        if _is_code(lines, first, last):
            found = (found[0] if found else first, last)
        elif found:
            yield found
            found = None
    if found:
        yield found


_NO_CODE = ("- ", "* ", "+ ", "|", ">", "    ", "\t", "<", "[", "!")


def _is_code(lines: Sequence[str], first: int, last: int) -> bool:
    line = lines[first]
    if fence_mark(line) or (line.startswith(_NO_CODE) and not line.startswith(">>>")):
        return False
    return find_code_end(lines, first) >= last and any(map(is_statement, lines[first:last]))


def _find_paragraphs(lines: Sequence[str]) -> Iterator[tuple[int, int]]:
    """`(first, last)` exclusive, of each paragraph; a fenced block is represented by its opening line alone."""
    first: int | None = None
    mark = ""
    for number, line in enumerate([*lines, ""]):
        if mark:
            if fence_mark(line).startswith(mark) and has_no_info(line):
                mark = ""
            continue
        opening = fence_mark(line)
        if (opening or not line.strip()) and first is not None:
            yield first, number
            first = None
        if opening:
            mark = opening
            yield number, number + 1
        elif line.strip() and first is None:
            first = number
