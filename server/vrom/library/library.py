"""The set of mounted cartridges: found in folders, opened on first use, replaced while serving.

Looking for changes costs one `stat` a file, so every call can afford it: no watcher thread, and no file system on
which it doesn't work. A package that can't be read never takes another down; where an earlier state of it was open,
that one goes on serving.

A thousand cartridges cost their manifests. Those that are searched are opened, those that were not used for long are
closed, and a question to all of them goes to those whose descriptions are nearest to it.
"""

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from vrom.errors import NotFoundError, PackageError
from vrom.format.limits import DEFAULT_LIMITS, Limits
from vrom.format.versions import choose, parse_reference
from vrom.library.mount import Mount
from vrom.library.scan import scan
from vrom.library.select import nearest_mounts

if TYPE_CHECKING:
    from vrom.embedding.loaded_models import Embedders
    from vrom.index.cartridge import Cartridge

RESCAN_SECONDS = 0.2
"""Between two looks at the folders, at least; so much more that looking takes a fiftieth of the time at most."""
SEARCHED = 32
"""Cartridges that a question to all of them goes to, at most: about 20 ms."""
KEPT_OPEN = 96
"""Cartridges that stay open, at most. Each holds two or three files, of which a process may often have 1,024."""


class Library:
    """Many cartridges, and the models they are searched with.

    `roots` are folders, the first wins: each is one package, or holds packages as sub-folders. `cache` is where indexes
    made from packages are kept, `models` where model files are, `home` where registries' documents are stored, if
    anywhere. A package that can't be read within `limits` isn't.
    """

    def __init__(
        self,
        roots: Sequence[Path],
        *,
        cache: Path,
        models: Path,
        limits: Limits = DEFAULT_LIMITS,
        home: Path | None = None,
    ) -> None:
        self.roots = tuple(roots)
        self.cache = cache
        self.models = models
        self.limits = limits
        self.home = home
        self._folders: dict[str, Mount] = {}
        self._lock = threading.Lock()
        self._next_scan = float("-inf")
        self._listeners: list[Callable[[], None]] = []

    @cached_property
    def embedders(self) -> "Embedders":
        """The loaded models, shared by all cartridges."""
        from vrom.embedding.loaded_models import Embedders
        from vrom.embedding.model_store import ModelStore

        with self._lock:  # from Python 3.12 on two threads may get here, and each would load the models
            made: Embedders = self.__dict__.setdefault("embedders", Embedders(ModelStore(self.models)))
            return made

    def on_change(self, listener: Callable[[], None]) -> None:
        """Call `listener` whenever a cartridge was added, replaced or removed."""
        self._listeners.append(listener)

    def mounts(self, *, every_version: bool = False) -> list[Mount]:
        """What is mounted now, broken packages included, in the order of the roots; one of each id, unless all."""
        self.refresh()
        return [mount for mount in self._folders.values() if every_version or mount.is_default]

    def refresh(self, *, force: bool = False) -> bool:
        """Look at the folders again, unless that was done a moment ago. True when something has changed."""
        with self._lock:
            begun = time.monotonic()
            if not force and begun < self._next_scan:
                return False
            before, self._folders = self._folders, scan(self.roots, self._folders)
            changed = list(before.values()) != list(self._folders.values())
            now = time.monotonic()
            self._next_scan = now + max(RESCAN_SECONDS, 50 * (now - begun))
        if changed:
            for listener in self._listeners:
                listener()
        return changed

    def open(self, cartridge_id: str) -> "Cartridge":
        """The cartridge with this id, in the newest version or the one that is meant by `ID@VERSION` (a version, the
        beginning of one, or a range); `hub://` before it is understood, as all clients of the format do.

        Raises `NotFoundError` when none is mounted under it, `PackageError` when its package can't be read.
        """
        opened = self.mount(cartridge_id).open(self.cache, self.limits)
        self._close_idle()
        return opened

    def mount(self, cartridge_id: str) -> Mount:
        """The mount that an id means, see `open`. Raises `NotFoundError`."""
        mounts = self.mounts(every_version=True)
        by_name = {mount.name: mount for mount in reversed(mounts)}
        reference = parse_reference(cartridge_id)
        if mount := by_name.get(str(reference)):
            return mount
        versions = {mount.version: mount for mount in reversed(mounts) if mount.id == reference.id and mount.manifest}
        if not versions:
            raise NotFoundError("cartridge", cartridge_id, by_name, "" if mounts else "No cartridge is mounted.")
        chosen = choose(reference.wanted, versions)
        if chosen is None:
            raise NotFoundError(f"version of {reference.id}", reference.wanted, versions)
        return versions[chosen]

    def select(
        self, ids: Iterable[str] | None = None, question: str | None = None
    ) -> tuple[list["Cartridge"], list[str]]:
        """The cartridges with these ids, or all that are mounted; and a note for each that can't be read.

        With a `question`, of more than `SEARCHED` cartridges those are taken that it fits best by their descriptions,
        and a note says so. Raises `NotFoundError` for an unknown id.
        """
        mounts, said = self.chosen(ids, question)
        opened: list[Cartridge] = []
        notes: list[str] = []
        for mount in mounts:
            try:
                opened.append(mount.open(self.cache, self.limits))
            except PackageError as error:
                notes.append(str(error))
        self._close_idle()
        if opened and notes:
            notes[-1] += " The others were searched."
        return list(dict.fromkeys(opened)), [*notes, *said]

    def chosen(self, ids: Iterable[str] | None = None, question: str | None = None) -> tuple[list[Mount], list[str]]:
        """The mounts that `select` opens, and its note where they aren't all. Raises `NotFoundError`."""
        if ids is not None:
            return [self.mount(cartridge_id) for cartridge_id in dict.fromkeys(ids)], []
        mounts = self.mounts()
        if question is None or len(mounts) <= SEARCHED:
            return mounts, []
        note = (
            f"Searched {SEARCHED} of {len(mounts):,} cartridges, those whose descriptions are nearest to the query. "
            "list_cartridges finds others by a word; name them to search them."
        )
        return nearest_mounts(mounts, question, SEARCHED), [note]

    def _close_idle(self) -> None:
        in_use = [mount for mount in self._folders.values() if mount.cartridge is not None]
        for idle in sorted(in_use, key=lambda mount: mount.used)[: max(len(in_use) - KEPT_OPEN, 0)]:
            idle.close()
