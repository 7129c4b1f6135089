"""Selection of the cartridges that a call is about."""

from collections.abc import Sequence
from dataclasses import dataclass

from vrom.library.mount import Mount


@dataclass(frozen=True)
class Selection:
    """Cartridges of one call, selected once and handed on."""

    mounts: Sequence[Mount]
    names: tuple[str, ...] = ()
    """The names that were asked for, sorted; empty if all cartridges were."""
    note: str = ""
    """The note for the answer if these aren't all that were asked for; else empty."""


def nearest_mounts(mounts: Sequence[Mount], query: str, count: int) -> list[Mount]:
    """Select the `count` mounts whose descriptions match the query best; those it names come first.

    Ties go to the most recently used mount. The order of the mounts is kept.
    """
    from vrom.library.match import fits

    found = fits(query, mounts)
    best = sorted(range(len(mounts)), key=lambda i: (found[i], mounts[i].used), reverse=True)[:count]
    return [mounts[i] for i in sorted(best)]
