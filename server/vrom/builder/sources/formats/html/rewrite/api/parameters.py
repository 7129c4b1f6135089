"""Tables of parameters within a table of parameters, as JSDoc makes them for the properties of an object."""

from vrom.builder.sources.formats.html.tree import HEADINGS, Element, Node, squeeze
from vrom.builder.sources.formats.html.write.tables import own_cells, own_rows

_TABLES = ("params", "props")
_NAME = "name"
_DEEPEST = 8
_MOST_ROWS = 2_000


def write_parameters(content: Element) -> None:
    """Make the rows of inner tables rows of the outer one, with the full names of properties: `options.size`."""
    for table in [element for element in content.walk() if _is_parameters(element)]:
        if not any(_is_parameters(around) for around in table.ancestors()):
            _flatten(table)


def _is_parameters(element: Element) -> bool:
    return element.tag == "table" and element.has_class(*_TABLES)


def _flatten(table: Element) -> None:
    inside = list(table.walk())
    if not any(map(_is_parameters, inside)) or sum(1 for element in inside if element.tag == "tr") > _MOST_ROWS:
        return
    rows = _read_rows(table, "", 0)
    columns = list(dict.fromkeys(title for row in rows for title in row))
    if "Description" in columns:
        columns.append(columns.pop(columns.index("Description")))
    head: list[Node] = [Element("th", None, [title]) for title in columns]
    body: list[Node] = [Element("tr", None, head)]
    body += [Element("tr", None, [row.get(title) or Element("td") for title in columns]) for row in rows]
    table.replace_children([*(child for child in table.elements() if child.tag == "caption"), *body])


def _read_rows(table: Element, prefix: str, depth: int) -> list[dict[str, Element]]:
    """The rows of a table and of those in it: cells by the titles of their columns."""
    titles: list[str] = []
    rows: list[dict[str, Element]] = []
    for row in own_rows(table):
        cells = own_cells(row)
        if all(cell.tag == "th" for cell in cells):
            titles = [squeeze(cell.text()) for cell in cells]
            continue
        found = {_title(titles, column): cell for column, cell in enumerate(cells)}
        name = next((squeeze(cell.text()) for cell in cells if cell.has_class(_NAME)), "")
        rows.append(found)
        full = f"{prefix}.{name}" if prefix and name else name
        if prefix and name:
            cell = next(cell for cell in cells if cell.has_class(_NAME))
            cell.replace_children([Element("code", None, [full])])
        if depth < _DEEPEST:
            for cell in cells:
                for inner in _take_tables(cell):
                    rows += _read_rows(inner, full, depth + 1)
    return rows


def _title(titles: list[str], column: int) -> str:
    """The title of a column; its number if it has none of its own."""
    own = titles[column] if column < len(titles) else ""
    return own if own and own not in titles[:column] else f"{own} {column + 1}".strip()


def _take_tables(cell: Element) -> list[Element]:
    """Remove the tables of parameters that a cell has, and the heading before each, and return them."""
    taken = [child for child in cell.elements() if _is_parameters(child)]
    if not taken:
        return []
    kept: list[Node] = []
    for child in cell.children:
        if child not in taken:
            kept.append(child)
            continue
        while kept and (kept[-1].tag in HEADINGS if isinstance(kept[-1], Element) else not kept[-1].strip()):
            kept.pop()
    cell.replace_children(kept)
    return taken
