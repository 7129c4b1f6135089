"""Pipe tables in plain text: with one-line rows, or with records whose cells span several lines."""

import re
from collections.abc import Callable, Sequence

Restore = Callable[[Sequence[str]], list[str]]

_DELIMITER = re.compile(r"\s*\|?(?:\s*:?-{3,}:?\s*\|)+(?:\s*:?-{3,}:?\s*)?\s*$")
_LONGEST_RECORD = 60
_LINES_OF_A_TEXT = 3
"""Number of lines from which on a row has a cell with a text of its own."""


def begins_table(lines: Sequence[str], number: int) -> bool:
    """True if a line is the header of a table: the next line is a delimiter row."""
    return number + 1 < len(lines) and "|" in lines[number] and _DELIMITER.match(lines[number + 1]) is not None


def read_table(lines: Sequence[str], start: int, restore: Restore) -> tuple[int, list[str]]:
    """The end of the table that starts at a line, and its Markdown; the line itself and an empty list if there is none.

    `restore` converts the lines of a cell that holds a whole text to Markdown.
    """
    if not begins_table(lines, start):
        return start, []
    header = _split_cells(lines[start])
    rows = []
    number = start + 2
    while number < len(lines) and (size := _count_row_lines(lines, number, len(header))):
        rows.append(lines[number : number + size])
        number += size
    if any(len(row) >= _LINES_OF_A_TEXT for row in rows):
        return number, _write_records(header, rows, restore)
    body = [_split_cells(" ".join(row)) for row in rows]
    return number, [_write_row(cells) for cells in [header, ["---"] * len(header), *body]]


def _write_row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _split_cells(row: str) -> list[str]:
    return [cell.strip() for cell in re.split(r"(?<!\\)\|", row.strip().removeprefix("|").removesuffix("|"))]


def _count_row_lines(lines: Sequence[str], start: int, width: int) -> int:
    """Number of lines of the row at `start`, up to the end of its last cell; 0 if it isn't a row."""
    if " |" not in lines[start] and not lines[start].lstrip().startswith("|"):
        return 0
    pipes = 0
    for number in range(start, min(len(lines), start + _LONGEST_RECORD)):
        line = lines[number].rstrip()
        pipes += len(re.findall(r"(?<!\\) \|(?= |$)", line))
        if pipes >= width - 1 and (line.endswith("|") or number == start):
            return number - start + 1
        if number == start and width <= 2 and pipes:
            return 1
    return 0


def _write_records(header: Sequence[str], rows: Sequence[Sequence[str]], restore: Restore) -> list[str]:
    """Each record as the text of its longest cell, then a line of its other cells that contain letters."""
    names = [re.sub(r" (?:string|int64|float64|bool|list)$", "", name) for name in header]
    markdown: list[str] = []
    for row in rows:
        cells = [cell.strip() for cell in re.split(r" \|(?= |$|\n)", "\n".join(row))]
        longest = max(range(len(cells)), key=lambda number: len(cells[number]))
        others = [
            f"{name}: {' '.join(cell.split())}"
            for number, (name, cell) in enumerate(zip(names, cells, strict=False))
            if number != longest and re.search(r"[^\W\d]", cell) and cell != "null"
        ]
        markdown += [*restore(cells[longest].split("\n")), "", " · ".join(others), ""]
    return markdown[:-1]
