"""Tables, with the value of a cell in every row and under every column that it spans."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import takewhile

from vrom.builder.sources.formats.html.tree import HEADINGS, Element
from vrom.builder.sources.formats.markdown_writer import write_table

_MOST_COLUMNS = 100
_MOST_CELLS = 200_000
"""Cells of a table from which on its spans aren't followed."""
_LONGEST_REPEATED = 200
"""Characters of a cell that is repeated in each row that it spans; a longer one is only in the first."""
_LONGEST_CODE = 8
"""Lines of code in a cell from which on a table is written row by row."""


@dataclass(frozen=True)
class _Cell:
    text: str
    columns: int
    rows: int
    is_header: bool


def is_layout_table(table: Element) -> bool:
    """True if a table only places what is in it: its cells are read one after another."""
    if table.attribute("role") in ("presentation", "none"):
        return True
    rows = list(own_rows(table))
    if max((len(own_cells(row)) for row in rows), default=0) <= 1:
        return True
    has_header = any(cell.tag == "th" for row in rows for cell in own_cells(row))
    for row in rows:
        for cell in own_cells(row):
            for inner in cell.walk():
                if inner.tag in HEADINGS:
                    return True
                if inner.tag == "table" and not has_header and len(rows) <= 2 and len(list(own_rows(inner))) > 1:
                    return True
                if inner.tag == "pre" and inner.text().strip().count("\n") >= _LONGEST_CODE:
                    return True
    return False


def own_rows(table: Element) -> Iterator[Element]:
    """The rows of a table, without those of tables in it."""
    for child in table.elements():
        if child.tag == "tr":
            yield child
        elif child.tag in ("thead", "tbody", "tfoot"):
            yield from (row for row in child.elements() if row.tag == "tr")


def own_cells(row: Element) -> list[Element]:
    """The cells of a row."""
    return [cell for cell in row.elements() if cell.tag in ("td", "th")]


def write_grid(table: Element, write_cell: Callable[[Element], str]) -> str:
    """A table as Markdown; empty if it has no text. `write_cell` writes a cell as one line."""
    rows = [[_read_cell(cell, write_cell) for cell in own_cells(row)] for row in own_rows(table)]
    grid, headers = _expand(rows)
    kept = [(row, is_header) for row, is_header in zip(grid, headers, strict=True) if any(row)]
    if not kept:
        return ""
    grid = [row for row, _ in kept]
    first = len(list(takewhile(lambda entry: entry[1], kept)))
    if first > 1 and first < len(grid):
        grid = [_join_headers(grid[:first]), *grid[first:]]
    return write_table(_drop_empty_columns(grid))


def _read_cell(cell: Element, write_cell: Callable[[Element], str]) -> _Cell:
    return _Cell(
        write_cell(cell),
        max(1, min(_read_number(cell.attribute("colspan"), 1), _MOST_COLUMNS)),
        _read_number(cell.attribute("rowspan"), 1),
        cell.tag == "th"
        or (cell.parent is not None and cell.parent.parent is not None and cell.parent.parent.tag == "thead"),
    )


def _read_number(text: str, default: int) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else default


def _expand(rows: list[list[_Cell]]) -> tuple[list[list[str]], list[bool]]:
    """Rows of texts with spans filled in, and for each row whether all of its cells are headers."""
    widest = max((sum(cell.columns for cell in row) for row in rows), default=0)
    headers = [bool(row) and all(cell.is_header for cell in row) and len(row) > 0 for row in rows]
    if widest > _MOST_COLUMNS * 2 or widest * len(rows) > _MOST_CELLS:
        return [[cell.text for cell in row] for row in rows], headers
    grid: list[list[str]] = []
    open_cells: dict[int, tuple[str, int]] = {}  # by column: a text, and in how many rows it goes on
    for row in rows:
        texts: list[str] = []
        waiting = list(row)[::-1]
        while waiting or len(texts) in open_cells:
            if (above := open_cells.pop(len(texts), None)) is not None:
                text, more = above
                if more > 1:
                    open_cells[len(texts)] = (text, more - 1)
                texts.append(text)
                continue
            cell = waiting.pop()
            for number in range(cell.columns):
                shown = cell.text if number == 0 or (cell.is_header and len(row) > 1) else ""
                more = (cell.rows or len(rows)) - 1
                if more > 0:
                    open_cells[len(texts)] = (shown if len(shown) <= _LONGEST_REPEATED else "", more)
                texts.append(shown)
        grid.append(texts)
    return grid, headers


def _join_headers(rows: list[list[str]]) -> list[str]:
    """One row of headers from several: `Limits` above `Min` becomes `Limits Min`."""
    width = max(map(len, rows))
    joined = []
    for column in range(width):
        texts = dict.fromkeys(row[column] for row in rows if column < len(row) and row[column])
        joined.append(" ".join(texts))
    return joined


def _drop_empty_columns(grid: list[list[str]]) -> list[list[str]]:
    """Rows without the columns in which no row has a text."""
    width = max(map(len, grid))
    used = [column for column in range(width) if any(column < len(row) and row[column] for row in grid)]
    if len(used) == width:
        return grid
    return [[row[column] if column < len(row) else "" for column in used] for row in grid]
