"""Findings of a check: one per kind of problem, however many places it occurs at."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import ValidationError

Severity = Literal["error", "warning"]

_EXAMPLES = 3
_LONGEST_VALUE = 60


@dataclass(frozen=True)
class Finding:
    """Problem at one or more places of a file."""

    severity: Severity
    """Error: some reader of the format would refuse the package, crash on it, or give wrong answers. With warnings
    alone every reader works, if less well."""
    file: str
    """Name of the file, as in `index.json`."""
    field: str
    """Path inside the file, as in `nodes[].vector`; empty for the file as a whole."""
    found: str
    """Value found at the first place."""
    expected: str
    positions: tuple[int, ...] = ()
    """Affected positions in the list in `field`."""

    @property
    def count(self) -> int:
        """Number of affected places."""
        return max(1, len(self.positions))

    @property
    def where(self) -> str:
        """Field with positions, for display: `nodes[3, 17, 20, …].vector`."""
        shown = ", ".join(map(str, self.positions[:_EXAMPLES])) + (", …" if self.count > _EXAMPLES else "")
        return self.field.replace("[]", f"[{shown}]", 1) if self.positions else self.field


class Findings:
    """Collected findings, grouped by kind."""

    def __init__(self) -> None:
        self._found: dict[tuple[Severity, str, str, str], tuple[str, list[int]]] = {}

    def error(self, file: str, field: str, found: str, expected: str, position: int | None = None) -> None:
        """Add an error; `position` is for the first `[]` in `field`."""
        self._add("error", file, field, found, expected, position)

    def warning(self, file: str, field: str, found: str, expected: str, position: int | None = None) -> None:
        """Add a warning; `position` is for the first `[]` in `field`."""
        self._add("warning", file, field, found, expected, position)

    def invalid(self, file: str, error: ValidationError, field: str = "", position: int | None = None) -> None:
        """Add an error for each pydantic error about the value of `field`."""
        for complaint in error.errors(include_url=False):
            place = field
            for part in complaint["loc"]:
                place += "[]" if isinstance(part, int) else f".{part}" if place else str(part)
            missing = complaint["type"] == "missing"
            found = "missing" if missing else shown(complaint["input"])
            expected = "required" if missing else complaint["msg"].removeprefix("Input should be ")
            own = [part for part in complaint["loc"] if isinstance(part, int)]
            at = position if position is not None else own[0] if own else None
            self.error(file, place, found, expected, at)

    def __iter__(self) -> Iterator[Finding]:
        """Iterate over the findings, errors first, otherwise in the order of addition."""
        kinds: Iterable[tuple[Severity, str, str, str]] = sorted(self._found, key=lambda kind: kind[0])
        for severity, file, field, expected in kinds:
            found, positions = self._found[severity, file, field, expected]
            yield Finding(severity, file, field, found, expected, tuple(positions))

    def __len__(self) -> int:
        return len(self._found)

    def _add(self, severity: Severity, file: str, field: str, found: str, expected: str, position: int | None) -> None:
        _, positions = self._found.setdefault((severity, file, field, expected), (found, []))
        if position is not None and (not positions or positions[-1] != position):
            positions.append(position)


def shown(value: Any) -> str:
    """JSON form of a value, shortened."""
    if isinstance(value, dict | list) and value:
        return f"an object with {len(value)} keys" if isinstance(value, dict) else f"a list of {len(value)}"
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _LONGEST_VALUE else text[: _LONGEST_VALUE - 1] + "…"
