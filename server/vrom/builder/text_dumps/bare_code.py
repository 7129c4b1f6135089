"""Code that stands in a text without fences, paragraph by paragraph between blank lines."""

from collections.abc import Iterator, Sequence

from vrom.builder.markdown.rules import fence_mark
from vrom.builder.text_dumps.code_lines import code_run, is_statement, language_of

COPY_BUTTONS = {"Copied", "Copy", "Copy code", "Copied!"}
"""What a button above a code block says, when a page is saved as text."""


def fence_bare_code(text: str) -> str:
    """The text with fences around paragraphs that are code from their first line to their last.

    Paragraphs of code that follow each other come into one fence. Lists, tables and quotes are no code.
    """
    lines = [line for line in text.split("\n") if line.strip() not in COPY_BUTTONS]
    result: list[str] = []
    number = 0
    for first, last in _bare_code(lines):
        result += [*lines[number:first], f"```{language_of(lines[first:last])}", *lines[first:last], "```"]
        number = last
    return "\n".join([*result, *lines[number:]])


def _bare_code(lines: Sequence[str]) -> Iterator[tuple[int, int]]:
    """`(first, last)` exclusive, of each stretch of code paragraphs."""
    found: tuple[int, int] | None = None
    for first, last in _paragraphs_outside_fences(lines):
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
    return code_run(lines, first) >= last and any(map(is_statement, lines[first:last]))


def _paragraphs_outside_fences(lines: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Lines between blank lines; a fenced block is one paragraph, which is never code to be fenced."""
    first: int | None = None
    mark = ""
    for number, line in enumerate([*lines, ""]):
        if mark:
            if fence_mark(line).startswith(mark) and not line.strip("`~ \t"):
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
