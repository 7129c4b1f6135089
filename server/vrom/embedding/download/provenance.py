"""The words that all origins of a model's files share."""

from collections.abc import Callable
from dataclasses import dataclass, field

Progress = Callable[[str, int, int | None], None]
"""Called as `progress(what, done, total)`: what is being done, in how many steps of how many (bytes, where files are
fetched); `total` is None while unknown."""


@dataclass(frozen=True)
class Provenance:
    """Where files come from: said to people, and the SHA-256 each had there."""

    origin: str
    upstream: dict[str, str] = field(default_factory=dict)


def silent(_what: str, _done: int, _total: int | None) -> None:
    """Report nothing."""
