"""Tables as Markdown, put in the place of those that stand in the documentation."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.tables import Table, shown

ROOT = Path(__file__).parent.parent
PAGES = (ROOT / "docs" / "performance.md", ROOT / "README.md")
ALSO = {"Serving over stdio": ("Speed",)}
"""Other headings under which a table stands."""
MEASURED = "Measured with "
"""How the line begins that names the machine."""


def markdown(table: Table) -> str:
    """The table, numbers as they are printed."""
    head = [column.title for column in table.columns]
    rows = [[shown(cell, column) for cell, column in zip(row, table.columns, strict=True)] for row in table.rows]
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def write(tables: Sequence[Table], machine: Mapping[str, str]) -> list[Path]:
    """Replace, in the documentation, the table under each heading that is a table's title; the pages that changed."""
    changed = []
    for page in PAGES:
        before = text = page.read_text(encoding="utf-8")
        for table in tables:
            for heading in (table.title, *ALSO.get(table.title, ())):
                text = replace_table(text, heading, markdown(table))
        text = re.sub(rf"^{MEASURED}.*$", MEASURED + _line(machine), text, flags=re.MULTILINE)
        if text != before:
            page.write_text(text, encoding="utf-8")
            changed.append(page)
    return changed


def replace_table(text: str, heading: str, table: str) -> str:
    """Replace the first table after a heading, and before the next one."""
    place = re.compile(rf"(^#+ {re.escape(heading)}\n(?:(?!#|\|).*\n)*)(?:\|.*\n)+", re.MULTILINE)
    return place.sub(lambda found: found[1] + table, text, count=1)


def _line(machine: Mapping[str, str]) -> str:
    return f"Python {machine['python']} on {machine['cores']} cores ({machine['processor']}), {machine['memory']}."
