"""Tables of DocBook: those of CALS and of HTML, with spans."""

from collections.abc import Callable, Sequence
from typing import Any

from vrom.builder.sources.formats.markdown_writer import write_item, write_table
from vrom.builder.sources.formats.markup.docbook.parse import local_name

_MOST_COLUMNS = 200


def write_cals_table(table: Any, write_cell: Callable[[Any], list[str]]) -> list[str]:
    """A table as Markdown; as a list if its cells hold code. A cell that takes several rows is in each of them."""
    names = [part.get("colname") or str(number) for number, part in enumerate(_all(table, "colspec"), 1)]
    rows: list[list[list[str]]] = []
    below: dict[int, tuple[int, list[str]]] = {}
    headers = 0
    for row in (part for part in table.iter() if local_name(part) in ("row", "tr")):
        cells: list[list[str]] = []
        above, below = below, {}
        headers += local_name(row.getparent()) == "thead"
        for cell in row:
            if local_name(cell) not in ("entry", "td", "th", "entrytbl"):
                continue
            _fill(cells, above, below)
            text = write_cell(cell)
            column = len(cells)
            cells += [text, *([[]] * (_columns(cell, names) - 1))]
            down = max(_number(cell.get("morerows")), _number(cell.get("rowspan")) - 1)
            if down > 0:
                below[column] = (down, text)
        _fill(cells, above, below)
        if any(cells):
            rows.append(cells)
    if not rows:
        return []
    if any("\n" in block and "```" in block for row in rows for cell in row for block in cell):
        return [write_item("-", [block for cell in row for block in cell]) for row in rows]
    texts = [["<br>".join(" ".join(block.split()) for block in cell) for cell in row] for row in rows]
    return [write_table(texts if headers or _all(table, "th") else [[""] * max(map(len, texts)), *texts])]


def _fill(
    cells: list[list[str]], above: dict[int, tuple[int, list[str]]], below: dict[int, tuple[int, list[str]]]
) -> None:
    """Put in the cells from rows above that reach here."""
    while len(cells) in above and len(cells) < _MOST_COLUMNS:
        column = len(cells)
        left, text = above[column]
        cells.append(text)
        if left > 1:
            below[column] = (left - 1, text)


def _columns(cell: Any, names: Sequence[str]) -> int:
    """How many columns a cell takes."""
    first, last = cell.get("namest"), cell.get("nameend")
    if first in names and last in names:
        return min(max(1, names.index(last) - names.index(first) + 1), _MOST_COLUMNS)
    return min(max(1, _number(cell.get("colspan"))), _MOST_COLUMNS)


def _number(text: str | None) -> int:
    return min(int(text[:6]), 1_000) if text and text.isdecimal() else 0


def _all(table: Any, name: str) -> list[Any]:
    return [part for part in table.iter() if local_name(part) == name]
