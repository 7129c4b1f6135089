"""Packages in folders, looked for again when a call may need to know.

Detecting changes costs one `stat` per file, cheap enough for every call: it needs no watcher thread and works on every
file system.
"""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from vrom.library.scan import scan
from vrom.library.scope import Scope

if TYPE_CHECKING:
    from vrom.library.mount import Mount

RESCAN_SECONDS = 0.2
"""Least seconds between two scans of the folders; longer if needed to limit scanning to a fiftieth of the time."""
LONGEST_SCAN = 0.05
"""Seconds of a scan that a call waits for. If two in a row took longer, the next is made in the background: of ten
thousand packages it takes half a second, and nobody who asks meanwhile is held up. A single one may only have waited
for the processor."""


class MountedFolders:
    """Mounts of the packages in `roots`, and in the folder of the scope, which comes first.

    `read_scope` gives what a search is about that names no cartridge; it is called before each scan.
    """

    def __init__(self, roots: Sequence[Path], read_scope: Callable[[], Scope]) -> None:
        self.roots = tuple(roots)
        self.mounts: Mapping[str, Mount] = {}
        """Mounts by folder as of the last scan: the same object as long as nothing changes."""
        self.scope = Scope()
        """The scope as of the last scan."""
        self._read_scope = read_scope
        self._listeners: list[Callable[[], None]] = []
        self._lock = threading.Lock()
        self._next_scan = float("-inf")
        self._long_scans = 0

    @property
    def folders(self) -> tuple[Path, ...]:
        """The folders that are scanned: the project's own cartridges, as of the last scan, come first."""
        own = self.scope.own
        return tuple(dict.fromkeys([own, *self.roots])) if own else self.roots

    def on_change(self, listener: Callable[[], None]) -> None:
        """Call `listener` whenever a cartridge was added, replaced or removed."""
        self._listeners.append(listener)

    def refresh(self, *, force: bool = False) -> bool:
        """Scan the folders, unless scanned a moment ago or `force`; return True if anything changed.

        After two long scans, the next one is made in the background unless `force`; it isn't waited for.
        """
        if not force and time.monotonic() < self._next_scan:
            return False
        with self._lock:
            if not force and time.monotonic() < self._next_scan:
                return False
            if self._long_scans > 1 and not force:
                self._next_scan = float("inf")  # until it is over
                threading.Thread(target=self.refresh, kwargs={"force": True}, name="vrom-scan", daemon=True).start()
                return False
            changed = self._scan()
        if changed:
            for listener in self._listeners:
                listener()
        return changed

    def _scan(self) -> bool:
        """Scan the folders, and set the time of the next scan; return True if anything changed."""
        begun = time.monotonic()
        try:
            own, self.scope = self.scope.own, self._read_scope()
            begun = time.monotonic()  # lock files are read only when they change, so that isn't what a scan costs
            found = scan(self.folders, self.mounts, self.scope.locked, self.scope.differing)
            changed = list(found.values()) != list(self.mounts.values()) or self.scope.own != own
            if changed:
                self.mounts = found
        finally:
            now = time.monotonic()
            self._long_scans = self._long_scans + 1 if now - begun > LONGEST_SCAN else 0
            self._next_scan = now + max(RESCAN_SECONDS, 50 * (now - begun))
        return changed
