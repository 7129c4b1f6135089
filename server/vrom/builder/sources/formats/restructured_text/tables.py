"""Write a docutils table as a Markdown table, or as a list of its rows if code or lists are in its cells."""

from collections.abc import Callable, Iterator
from typing import Any

from vrom.builder.sources.formats.markdown_writer import write_item, write_table

_WIDEST, _MOST_ROWS = 200, 20_000


def write_cells(table: Any, write: Callable[[Any], list[str]]) -> list[str]:
    """The Markdown of a table; `write` gives the blocks of a cell. Values of spanned cells are repeated."""
    rows = list(_find_rows(table))
    heads = sum(is_head for is_head, _ in rows)
    cells = _fill_spans([row for _, row in rows], write)
    if not cells:
        return []
    if any(_is_long(blocks) for row in cells for blocks in row):
        return _write_records(cells, heads)
    flat = [[" ".join(" ".join(blocks).split()) for blocks in row] for row in cells]
    if heads > 1:  # one header of all its lines
        width = max(map(len, flat[:heads]))
        columns = [[row[at] for row in flat[:heads] if at < len(row)] for at in range(width)]
        flat = [[" ".join(dict.fromkeys(filter(None, column))) for column in columns], *flat[heads:]]
    if not heads:
        flat = [[""] * len(flat[0]), *flat]
    return [write_table(flat)]


def _find_rows(table: Any) -> Iterator[tuple[bool, Any]]:
    """Whether it is in the header, and the row, for each row of a table, without those of tables in its cells."""
    for group in table.children:
        for part in group.children if type(group).__name__ == "tgroup" else []:
            if type(part).__name__ in ("thead", "tbody"):
                yield from ((type(part).__name__ == "thead", row) for row in part.children)


def _fill_spans(rows: list[Any], write: Callable[[Any], list[str]]) -> list[list[list[str]]]:
    grid: list[list[list[str]]] = []
    hanging: dict[int, tuple[int, list[str]]] = {}
    for row in rows[:_MOST_ROWS]:
        line: list[list[str]] = []

        def add_hanging(line: list[list[str]] = line) -> None:
            while len(line) in hanging:
                left, blocks = hanging.pop(len(line))
                if left > 1:
                    hanging[len(line)] = (left - 1, blocks)
                line.append(blocks)

        for entry in row.children:
            add_hanging()
            blocks = write(entry)
            for _ in range(min(int(entry.get("morecols", 0)) + 1, _WIDEST)):
                if below := int(entry.get("morerows", 0)):
                    hanging[len(line)] = (below, blocks)
                line.append(blocks)
        add_hanging()
        grid.append(line)
    return grid


def _is_long(blocks: list[str]) -> bool:
    """True if a cell holds code of several lines, or a list, which a Markdown table can't."""
    return any(block.startswith(("```", "|", "> ")) or "\n- " in block or "\n1. " in block for block in blocks)


def _write_records(cells: list[list[list[str]]], heads: int) -> list[str]:
    """Each row as an item of a list, with the name of its column before each value."""
    header = [" ".join(" ".join(blocks).split()) for blocks in cells[heads - 1]] if heads else []
    items = []
    for row in cells[heads:]:
        blocks: list[str] = []
        for at, cell in enumerate(row):
            name = f"**{header[at]}**" if at < len(header) and header[at] else ""
            if not cell:
                continue
            is_text = not cell[0].startswith(("```", "|", "> ", "- "))
            blocks += (
                [f"{name}: {cell[0]}" if name else cell[0], *cell[1:]] if is_text else [*filter(None, [name]), *cell]
            )
        items.append(write_item("-", blocks or [""]))
    return ["\n".join(items)]
