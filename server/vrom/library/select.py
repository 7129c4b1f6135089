"""Selection of the cartridges that a call is about."""

from collections.abc import Sequence
from dataclasses import dataclass

from vrom.library.mount import Mount
from vrom.library.scope import GUIDE, Scope


@dataclass(frozen=True)
class Selection:
    """Cartridges of one call, selected once and handed on."""

    mounts: Sequence[Mount]
    names: tuple[str, ...] = ()
    """The names that were asked for, sorted; empty if all cartridges were."""
    notes: tuple[str, ...] = ()
    """Notes for the answer: if these aren't all that were asked for, and on documentation that is missing."""


def default_mounts(mounts: Sequence[Mount], scope: Scope) -> list[Mount]:
    """Select the mounts that a search is about if it names none.

    If anything that the project locks is mounted, or a cartridge of its own, these; else all but the guide to vrom,
    which is searched only where there is nothing else.
    """
    in_scope = [mount for mount in mounts if mount.id in scope.locked or mount.folder.parent == scope.own]
    others = [mount for mount in mounts if mount.id != GUIDE]
    return in_scope or others or list(mounts)


def nearest_mounts(mounts: Sequence[Mount], query: str, count: int) -> list[Mount]:
    """Select the `count` mounts whose descriptions match the query best; those it names come first.

    Ties go to the most recently used mount. The order of the mounts is kept.
    """
    from vrom.library.match import fits

    found = fits(query, mounts)
    best = sorted(range(len(mounts)), key=lambda i: (found[i], mounts[i].used), reverse=True)[:count]
    return [mounts[i] for i in sorted(best)]
