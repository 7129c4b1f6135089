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
    which is searched only where there is nothing else. Another version than the locked one counts only for what the
    project lists itself, where the answer says so; of what it lists without a version, the newest one here counts.
    """
    in_scope = [mount for mount in mounts if _is_locked(mount, scope) or mount.folder.parent == scope.own]
    others = [mount for mount in mounts if mount.id != GUIDE]
    return in_scope or others or list(mounts)


def _is_locked(mount: Mount, scope: Scope) -> bool:
    return mount.locked == mount.version or mount.id in scope.direct
