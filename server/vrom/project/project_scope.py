"""What a project locks, as the scope of a search; read again when a lock file changes."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from vrom.library.scope import Scope
from vrom.project.roots import LOCK_FILES, folders_above

if TYPE_CHECKING:
    from vrom.project.project import Project

Fingerprint = tuple[tuple[str, int, int], ...]
"""Path, modification time and size of each file that may say what the project locks."""


class ProjectScope:
    """Reads the scope of the project in a folder. Looking whether it changed costs a `stat` for each possible file."""

    def __init__(self, folder: Path, environments: Sequence[Path] = ()) -> None:
        self.folder = folder
        """The project's folder; may be set to that of another project, which is read at the next call."""
        self._environments = environments
        self._state: tuple[Path, Fingerprint] | None = None
        self._scope = Scope()

    def __call__(self) -> Scope:
        """The current scope."""
        folder = self.folder  # another thread may set it
        state = (folder, _fingerprint(folder))
        if state != self._state:
            self._scope = self._read(folder) if state[1] else Scope(own=_own(folder))
            self._state = state
        return self._scope

    def _read(self, folder: Path) -> Scope:
        from vrom.project.project import read_project  # of no use where nothing is locked

        return scope_of(read_project(folder, self._environments), folder)


def scope_of(project: "Project", folder: Path) -> Scope:
    """The scope of a project: all that it locks, and what it lists itself."""
    from vrom.project.cartridge_names import cartridge_id

    locked: dict[str, str] = {}
    names: dict[str, str] = {}
    direct: set[str] = set()
    for one in project.by_name.values():
        if one.version and not one.folder:
            identity = cartridge_id(one.ecosystem, one.name)
            locked[identity] = one.version
            names[identity] = one.name if one.ecosystem == "pypi" else f"{one.ecosystem}:{one.name}"
            if one.is_direct:
                direct.add(identity)
    return Scope(locked, names, frozenset(direct), _own(folder))


def locks_anything(folder: Path) -> bool:
    """Return True if a folder, or one above it in the same repository, has a file that may say what is locked."""
    return bool(_fingerprint(folder))


def _own(folder: Path) -> Path:
    return folder / ".vrom" / "cartridges"


def _fingerprint(folder: Path) -> Fingerprint:
    found = []
    for place in folders_above(folder):
        for name in LOCK_FILES:
            try:
                stat = (place / name).stat()
            except OSError:
                continue
            found.append((str(place / name), stat.st_mtime_ns, stat.st_size))
    return tuple(found)
