"""Tables of AsciiDoc: cells with their column and row spans, as rows of Markdown."""

import csv
import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from vrom.builder.sources.formats.markdown_writer import write_item, write_table
from vrom.builder.sources.formats.markup.asciidoc.attributes import BlockAttributes

_SPEC = (
    r"(?:(?P<times>\d{1,3})\*)?(?:(?P<across>\d{1,3})?(?:\.(?P<down>\d{1,3}))?\+)?"
    r"[<^>]?(?:\.[<^>])?(?P<style>[aehlmdsv])?"
)
_COLUMN = re.compile(r"(?:(\d{1,3})\*)?[<^>]?(?:\.[<^>])?(?:\d{1,4}%?|~)?([aehlmdsv])?$")
_MOST_COLUMNS, _MOST_CELLS = 200, 100_000


@dataclass
class Cell:
    """A cell as written, with its style and how many columns and rows it takes."""

    text: str
    style: str = ""
    across: int = 1
    down: int = 1


def write_cells(
    lines: Sequence[str], mark: str, attributes: BlockAttributes, convert: Callable[[str, str], list[str]]
) -> list[str]:
    """The blocks of a table. `convert` turns the text of a cell of a style into blocks."""
    columns = _read_columns(attributes.named.get("cols", ""))
    cells, first = _read_cells(lines, mark, attributes)
    if not cells:
        return []
    width = min(len(columns) or first or 1, _MOST_COLUMNS)
    rows = _arrange(cells, width)
    styles = columns or [""] * width
    blocks = [
        [convert(cell.text, cell.style or styles[number % len(styles)]) for number, cell in enumerate(row)]
        for row in rows
    ]
    has_header = _has_header(lines, attributes, len(rows))
    if any(_is_long(cell) for row in blocks for cell in row):
        return _write_items(blocks, has_header)
    texts = [["<br>".join(" ".join(block.split()) for block in cell) for cell in row] for row in blocks]
    return [write_table(texts if has_header else [[""] * width, *texts])]


def _is_long(blocks: Sequence[str]) -> bool:
    """True if a cell holds code or a table, which a cell of Markdown can't."""
    return any("\n" in block and re.search(r"^\s*(?:```|\|)", block, re.MULTILINE) for block in blocks)


def _write_items(rows: Sequence[Sequence[Sequence[str]]], has_header: bool) -> list[str]:
    header = [" ".join(cell) for cell in rows[0]] if has_header else []
    items = []
    for row in rows[1:] if has_header else rows:
        blocks: list[str] = []
        for number, cell in enumerate(row):
            if not cell:
                continue
            label = f"**{header[number]}**: " if number < len(header) and header[number] else ""
            if label and "\n" in cell[0]:
                blocks += [label.rstrip(), *cell]
            else:
                blocks += [label + cell[0], *cell[1:]]
        if blocks:
            items.append(write_item("-", blocks))
    return items


def _has_header(lines: Sequence[str], attributes: BlockAttributes, rows: int) -> bool:
    if attributes.has_option("header"):
        return True
    if attributes.has_option("noheader") or rows < 2:
        return False
    return len(lines) > 1 and bool(lines[0].strip()) and not lines[1].strip()


def _read_columns(text: str) -> list[str]:
    """The style of each column."""
    if re.fullmatch(r"\s*\d{1,3}\s*", text):
        return [""] * int(text)
    styles: list[str] = []
    for part in re.split(r"[,;]", text) if text.strip() else []:
        found = _COLUMN.match(part.strip())
        styles += [(found[2] or "") if found else ""] * (int(found[1] or 1) if found else 1)
    return styles[:_MOST_COLUMNS]


def _read_cells(lines: Sequence[str], mark: str, attributes: BlockAttributes) -> tuple[list[Cell], int]:
    """The cells, and how many of them the first line has."""
    kind = attributes.named.get("format", "")
    separator = attributes.named.get("separator", "")
    if mark == "," or kind in ("csv", "tsv"):
        return _read_csv(lines, separator or ("\t" if kind == "tsv" else ","))
    if mark == ":" or kind == "dsv":
        rows = [re.split(rf"(?<!\\){re.escape(separator or ':')}", line) for line in lines if line.strip()]
        return [Cell(cell.strip()) for row in rows for cell in row], len(rows[0]) if rows else 0
    return _read_separated(lines, separator or mark)


def _read_csv(lines: Sequence[str], separator: str) -> tuple[list[Cell], int]:
    separator = "\t" if separator == "\\t" else separator[:1]
    try:
        rows = [row for row in csv.reader(io.StringIO("\n".join(lines)), delimiter=separator) if row]
    except (csv.Error, TypeError, ValueError):
        rows = [[line] for line in lines if line.strip()]
    return [Cell(cell.strip()) for row in rows for cell in row], len(rows[0]) if rows else 0


def _read_separated(lines: Sequence[str], mark: str) -> tuple[list[Cell], int]:
    boundary = re.compile(rf"(?:(?<=\s)|^){_SPEC}(?<!\\){re.escape(mark)}|(?<!\\){re.escape(mark)}")
    cells: list[Cell] = []
    copies: list[int] = []
    first = 0
    for line in lines:
        end = 0
        for found in boundary.finditer(line):
            _append(cells, line[end : found.start()])
            spec = found.groupdict()
            cells.append(Cell("", spec["style"] or "", int(spec["across"] or 1), int(spec["down"] or 1)))
            copies.append(int(spec["times"] or 1))
            end = found.end()
        _append(cells, line[end:])
        if cells:
            cells[-1].text += "\n"
        if not first and cells:
            first = sum(cell.across * copy for cell, copy in zip(cells, copies, strict=True))
        if len(cells) > _MOST_CELLS:
            break
    repeated: list[Cell] = []
    for cell, copy in zip(cells, copies, strict=True):
        cell.text = cell.text.replace("\\" + mark, mark).strip("\n")
        repeated += [cell] * min(copy, _MOST_COLUMNS)
    return repeated, first


def _append(cells: list[Cell], text: str) -> None:
    if cells:
        cells[-1].text += text


def _arrange(cells: Sequence[Cell], width: int) -> list[list[Cell]]:
    """Rows of `width` cells: a cell that takes several rows is in each of them."""
    rows: list[list[Cell]] = []
    row: list[Cell | None] = [None] * width
    below: list[tuple[int, Cell]] = [(0, Cell(""))] * width  # how many more rows a cell above takes

    def finish() -> None:
        rows.append([cell or Cell("") for cell in row])
        row[:] = [None] * width
        for column, (count, cell) in enumerate(below):
            if count:
                row[column] = cell
                below[column] = (count - 1, cell)

    for cell in cells:
        while None not in row and len(rows) < _MOST_CELLS:
            finish()
        column = row.index(None) if None in row else 0
        for offset in range(min(cell.across, width - column)):
            row[column + offset] = cell if offset == 0 else Cell("")
            if cell.down > 1:
                below[column + offset] = (min(cell.down, 1_000) - 1, row[column + offset] or cell)
    if any(row):
        finish()
    return rows
