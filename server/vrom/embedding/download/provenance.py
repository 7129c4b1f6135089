"""Types shared by all origins of a model's files."""

from collections.abc import Callable
from dataclasses import dataclass, field

Progress = Callable[[str, int, int | None], None]
"""Called as `progress(what, done, total)`: the current activity, steps done (bytes for downloads), and total steps;
`total` is None while unknown."""


@dataclass(frozen=True)
class Provenance:
    """Source of a model's files, for display, and the SHA-256 of each published file."""

    origin: str
    upstream: dict[str, str] = field(default_factory=dict)


def silent(_what: str, _done: int, _total: int | None) -> None:
    """Report nothing."""
