"""Tables: raw numbers in, and a form for people and one for machines out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from rich.console import Console
from rich.table import Table as Grid

Cell = str | float | None
"""Numbers are in base units (seconds, bytes, 1); None is what doesn't apply."""


@dataclass(frozen=True)
class Column:
    """What a column is called, and how its numbers are shown."""

    name: str
    unit: str = ""
    show: Callable[[float], str] = str

    @property
    def title(self) -> str:
        return f"{self.name}, {self.unit}" if self.unit else self.name


def text(name: str) -> Column:
    return Column(name)


def milliseconds(name: str) -> Column:
    return Column(name, "ms", lambda seconds: f"{seconds * 1e3:.3g}" if seconds < 0.01 else f"{seconds * 1e3:,.0f}")


def megabytes(name: str) -> Column:
    return Column(name, "MB", lambda size: f"{size / 1e6:,.1f}")


def per_second(name: str) -> Column:
    return Column(name, "/s", lambda rate: f"{rate:,.0f}")


def ratio(name: str) -> Column:
    return Column(name, "", lambda value: f"{value:.2f}" if value < 10 else f"{value:,.0f}")


@dataclass
class Table:
    """One comparison. `notes` say what was left out, and why."""

    title: str
    about: str
    columns: Sequence[Column]
    rows: list[Sequence[Cell]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def print(self, console: Console) -> None:
        grid = Grid(title=self.title, title_justify="left", caption=self.about, caption_justify="left")
        for number, column in enumerate(self.columns):
            grid.add_column(column.title, justify="right" if number else "left")
        for row in self.rows:
            grid.add_row(*(shown(cell, column) for cell, column in zip(row, self.columns, strict=True)))
        console.print(grid)
        for note in self.notes:
            console.print(f"  {note}", style="dim", highlight=False)
        console.print()

    def as_json(self) -> dict[str, Any]:
        names = [column.name for column in self.columns]
        rows = [dict(zip(names, row, strict=True)) for row in self.rows]
        return {"title": self.title, "about": self.about, "rows": rows, "notes": self.notes}


def shown(cell: Cell, column: Column) -> str:
    """A cell as people read it."""
    if cell is None:
        return ""
    return cell if isinstance(cell, str) else column.show(cell)
