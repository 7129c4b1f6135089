"""Selection of the cartridges that a call is about."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from vrom.errors import NotFoundError
from vrom.format.versions import choose
from vrom.library.mount import Mount
from vrom.library.reference import resolve_reference
from vrom.library.scope import GUIDE, Scope

VIEWS = 8
"""Lists of default mounts that are remembered: callers may see different ones."""


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


@dataclass(frozen=True)
class _Default:
    """Mounts that are searched by default, and what they were selected from."""

    folders: Mapping[str, Mount]
    stored: Sequence[Mount]
    scope: Scope
    mounts: Sequence[Mount]

    def is_of(self, folders: Mapping[str, Mount], stored: Sequence[Mount], scope: Scope) -> bool:
        """True if it was selected from these very objects."""
        return self.folders is folders and self.stored is stored and self.scope is scope


class DefaultMounts:
    """Mounts that searches are about if they name none, selected once for each state of the library."""

    def __init__(self) -> None:
        self._known: list[_Default] = []

    def of(self, folders: Mapping[str, Mount], stored: Sequence[Mount], scope: Scope) -> Sequence[Mount]:
        """`default_mounts` of the default versions; the same object as long as these are the same objects."""
        for known in self._known:
            if known.is_of(folders, stored, scope):
                return known.mounts
        mounts = [mount for mount in (*folders.values(), *stored) if mount.is_default]
        made = _Default(folders, stored, scope, default_mounts(mounts, scope))
        self._known = [made, *(known for known in self._known if known.folders is folders)][:VIEWS]
        return made.mounts


def find_mount(name: str, mounts: Sequence[Mount], remedy: Callable[[], str]) -> Mount:
    """Mount of all versions that `name` refers to, see `resolve_reference`.

    Raises `NotFoundError`, with what `remedy` says, or with the names that are near.
    """
    by_name = {mount.name: mount for mount in reversed(mounts)}
    reference = resolve_reference(name, dict.fromkeys(mount.id for mount in mounts))
    if mount := by_name.get(str(reference)):
        return mount
    versions = {mount.version: mount for mount in reversed(mounts) if mount.id == reference.id and mount.manifest}
    if not versions:
        nothing = "" if mounts else "No cartridge is mounted."
        raise NotFoundError("cartridge", name, by_name, remedy() or nothing)
    chosen = choose(reference.wanted, versions)
    if chosen is None:
        raise NotFoundError(f"version of {reference.id}", reference.wanted, versions)
    return versions[chosen]


def select_named(names: Iterable[str], find: Callable[[str], Mount]) -> Selection:
    """Select mounts by name; a name that isn't known is left out with a note. Raises `NotFoundError` if none is."""
    wanted = dict.fromkeys(names)
    found: dict[Mount, None] = {}
    unknown: list[NotFoundError] = []
    for name in wanted:
        try:
            found[find(name)] = None
        except NotFoundError as error:
            unknown.append(error)
    if unknown and not found:
        raise unknown[0]
    return Selection(
        list(found), tuple(sorted(wanted)), tuple(f"{error} The others were searched." for error in unknown)
    )


def missing_notes(query: str, scope: Scope, *mounted: Iterable[Mount]) -> tuple[str, ...]:
    """A note on each direct dependency that the query names and that isn't mounted; two at most."""
    if not scope.direct:
        return ()
    words = set(re.findall(r"[\w@/.-]*\w", query.lower()))
    missing = sorted(scope.direct - {mount.id for mounts in mounted for mount in mounts})
    named = [one for one in missing if scope.names[one].rpartition(":")[2].lower() in words]
    return tuple(
        f"The project uses {scope.title(one)}, which has no documentation here: `{scope.command(one)}` adds it."
        for one in named[:2]
    )
