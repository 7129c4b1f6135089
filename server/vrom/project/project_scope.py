"""What a project locks, as the scope of a search; read again when a lock file changes.

Lock files of a checkout may be anything. When they change, a call waits for them no longer than `PATIENCE`, and large
ones are read in a child process with limits of time and memory, so that the server answers whatever they hold.
"""

import json
import logging
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from vrom.library.scope import Scope
from vrom.project.locks.parts import find_parts
from vrom.project.roots import LOCK_FILES, folders_above
from vrom.storage.memory_limit import limit_memory

if TYPE_CHECKING:
    from vrom.project.project import Project

Fingerprint = tuple[tuple[str, int, int], ...]
"""Path, modification time and size of each file that may say what the project locks."""

LARGEST_IN_PROCESS = 2_000_000
"""Bytes of lock files that are read in the serving process, which takes three seconds at most."""
PATIENCE = 1.0
"""Seconds that a call waits for lock files that have changed; most are read in a tenth of that. Until they are read,
what was locked before counts."""
SECONDS = 10.0
MEMORY = 2 * 2**30
"""Limits of the child process; the largest lock files of real projects take three seconds."""

LOOK_AGAIN = 10.0
"""Seconds after which the folders below are looked through again for parts with lock files of their own, or more where
that takes long."""

_log = logging.getLogger(__name__)


class ProjectScope:
    """Reads the scope of the project in a folder. Looking whether it changed costs a `stat` for each possible file."""

    def __init__(self, folder: Path, environments: Sequence[Path] = ()) -> None:
        self.folder = folder
        """The project's folder; may be set to that of another project, which is read at the next call."""
        self._environments = environments
        self._state: tuple[Path, Fingerprint] | None = None
        self._scope = Scope()
        self._parts: tuple[Path, float, tuple[Path, ...]] | None = None

    def __call__(self) -> Scope:
        """The current scope."""
        folder = self.folder  # another thread may set it
        before, self._state = self._state, (folder, _fingerprint(folder, self._find_parts(folder)))
        if self._state != before:
            reading = threading.Thread(target=self._update, args=self._state, name="vrom-locks", daemon=True)
            reading.start()
            is_known = before is not None and before[0] == folder
            reading.join(PATIENCE if is_known else None)
        return self._scope

    def _find_parts(self, folder: Path) -> tuple[Path, ...]:
        """The parts of the project, as they were when they were last looked for."""
        begun = time.monotonic()
        if self._parts is None or self._parts[0] != folder or begun > self._parts[1]:
            found = find_parts(folder).folders
            now = time.monotonic()
            self._parts = folder, now + max(LOOK_AGAIN, 100 * (now - begun)), found
        return self._parts[2]

    def _update(self, folder: Path, fingerprint: Fingerprint) -> None:
        """Read the scope, and use it unless a lock file has changed meanwhile."""
        scope = self._read(folder, fingerprint) if fingerprint else Scope(own=_own(folder))
        if self._state == (folder, fingerprint):
            self._scope = scope

    def _read(self, folder: Path, fingerprint: Fingerprint) -> Scope:
        is_large = sum(size for _, _, size in fingerprint) > LARGEST_IN_PROCESS
        read = _read_in_child if is_large else _read_here
        try:
            return read(folder, self._environments)
        except (OSError, ValueError, subprocess.SubprocessError) as error:
            _log.warning("the lock files of %s can't be read: %s", folder, type(error).__name__)
            return Scope(own=_own(folder))


def _read_here(folder: Path, environments: Sequence[Path]) -> Scope:
    from vrom.project.project import read_project  # of no use where nothing is locked

    return scope_of(read_project(folder, environments), folder)


def _read_in_child(folder: Path, environments: Sequence[Path]) -> Scope:
    """Read the scope in a child process. Raises `SubprocessError` or `ValueError` if it gives none in time."""
    # -P: a module of the folder that vrom was started in is never imported.
    command = [sys.executable, "-P", "-m", "vrom.project.project_scope", str(folder), *map(str, environments)]
    ran = subprocess.run(  # noqa: S603 - the command is vrom's own
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=SECONDS,
        check=True,
    )  # fmt: skip
    locked, names, direct, differing = json.loads(ran.stdout)
    return Scope(locked, names, frozenset(direct), _own(folder), differing)


def _main(folder: str, *environments: str) -> None:
    """Print the scope of a project as JSON: the child process."""
    limit_memory(MEMORY)
    scope = _read_here(Path(folder), [Path(one) for one in environments])
    json.dump([scope.locked, scope.names, sorted(scope.direct), scope.differing], sys.stdout)


def scope_of(project: "Project", folder: Path) -> Scope:
    """The scope of a project: all that it locks, and what it lists itself, with a version or without."""
    from vrom.project.cartridge_names import cartridge_id

    locked: dict[str, str] = {}
    names: dict[str, str] = {}
    direct: set[str] = set()
    for one in project.by_name.values():
        if (one.version or one.is_direct) and not one.folder:
            identity = cartridge_id(one.ecosystem, one.name)
            if one.version:
                locked[identity] = one.version
            names[identity] = one.name if one.ecosystem == "pypi" else f"{one.ecosystem}:{one.name}"
            if one.is_direct:
                direct.add(identity)
    differing = {
        cartridge_id(*key): {version: list(places) for version, places in versions.items()}
        for key, versions in project.differing.items()
        if key in project.by_name
    }
    return Scope(locked, names, frozenset(direct), _own(folder), differing)


def locks_anything(folder: Path) -> bool:
    """Return True if a folder, one above it in the same repository, or a part of it has a file that may say what is
    locked.
    """
    return bool(_fingerprint(folder, ()) or find_parts(folder).folders)


def _own(folder: Path) -> Path:
    return folder / ".vrom" / "cartridges"


def _fingerprint(folder: Path, parts: Sequence[Path]) -> Fingerprint:
    found = []
    for place in (*folders_above(folder), *parts):
        for name in LOCK_FILES:
            try:
                stat = (place / name).stat()
            except OSError:
                continue
            found.append((str(place / name), stat.st_mtime_ns, stat.st_size))
    return tuple(found)


if __name__ == "__main__":
    _main(*sys.argv[1:])
