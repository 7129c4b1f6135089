"""The set of mounted cartridges: found in folders, opened on first use, replaced while serving.

Looking for changes costs one `stat` a file, so every call can afford it: no watcher thread, and no file system on
which it doesn't work. A package that can't be read never takes another down; where an earlier state of it was open,
that one goes on serving.
"""

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from vrom.errors import NotFoundError, PackageBrokenError, PackageError
from vrom.package.manifest import is_package, read_manifest
from vrom.package.models import Manifest

if TYPE_CHECKING:
    from vrom.embedding.pool import Embedders
    from vrom.search.cartridge import Cartridge

Fingerprint = tuple[tuple[int, int, int], ...]
"""Inode, size and modification time of a package's files: differs when the package was replaced or edited."""

RESCAN_SECONDS = 0.2


@dataclass(eq=False)
class Mount:
    """One package that the library knows: its manifest at once, the cartridge when somebody asks for it."""

    folder: Path
    fingerprint: Fingerprint
    manifest: Manifest | None
    problem: str = ""
    """Why its files can't be used, in words that are safe to show a client: no path of this machine."""
    cartridge: "Cartridge | None" = None
    earlier: "Cartridge | None" = None
    """What was open before the files changed; it serves on while the new files can't be read."""
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def described(self) -> Manifest | None:
        """The manifest; where it can't be read, the one of the state that serves on."""
        return self.manifest or (self.earlier.manifest if self.earlier else None)

    @property
    def id(self) -> str:
        """The id in the manifest, or the folder's name where there is none."""
        return self.described.vrom_id if self.described else self.folder.name

    @property
    def state(self) -> Literal["ready", "stale", "broken"]:
        """Stale: the files on disk are broken, and what was read before still serves."""
        if not self.problem:
            return "ready"
        return "stale" if self.earlier else "broken"

    def open(self, cache: Path) -> "Cartridge":
        """The cartridge, read on the first call. Raises `PackageError` when it can't be, and never was."""
        from vrom.search.cartridge import Cartridge

        with self.lock:
            if self.cartridge is None and not self.problem:
                try:
                    self.cartridge, self.earlier = Cartridge.open(self.folder, cache), None
                except PackageError as error:
                    self.problem = _without_path(error)
        opened = self.cartridge or self.earlier
        if opened is None:
            raise PackageError(f"Cartridge {self.id!r} can't be read: {self.problem}")
        return opened


class Library:
    """Many cartridges, and the models they are searched with.

    `roots` are folders, the first wins: each is one package, or holds packages as sub-folders. `cache` is where indexes
    made from packages are kept, `models` where model files are.
    """

    def __init__(self, roots: Sequence[Path], *, cache: Path, models: Path) -> None:
        self.roots = tuple(roots)
        self.cache = cache
        self.models = models
        self._mounts: dict[str, Mount] = {}
        self._lock = threading.Lock()
        self._scanned = float("-inf")
        self._listeners: list[Callable[[], None]] = []

    @cached_property
    def embedders(self) -> "Embedders":
        """The loaded models, shared by all cartridges."""
        from vrom.embedding.pool import Embedders
        from vrom.embedding.store import ModelStore

        return Embedders(ModelStore(self.models))

    def on_change(self, listener: Callable[[], None]) -> None:
        """Call `listener` whenever a cartridge was added, replaced or removed."""
        self._listeners.append(listener)

    def mounts(self) -> list[Mount]:
        """What is mounted now, broken packages included, in the order of the roots."""
        self.refresh()
        return list(self._mounts.values())

    def refresh(self, *, force: bool = False) -> bool:
        """Look at the folders again, unless that was done a moment ago. True when something has changed."""
        with self._lock:
            if not force and time.monotonic() - self._scanned < RESCAN_SECONDS:
                return False
            before, self._mounts = self._mounts, self._scan(self._mounts)
            changed = list(before.values()) != list(self._mounts.values())
            self._scanned = time.monotonic()
        if changed:
            for listener in self._listeners:
                listener()
        return changed

    def open(self, cartridge_id: str) -> "Cartridge":
        """The cartridge with this id; `hub://` before it is understood, as all clients of the format do.

        Raises `NotFoundError` when none is mounted under it, `PackageError` when its package can't be read.
        """
        mounts = {mount.id: mount for mount in self.mounts()}
        mount = mounts.get(cartridge_id.removeprefix("hub://"))
        if mount is None:
            raise NotFoundError("cartridge", cartridge_id, mounts, "" if mounts else "No cartridge is mounted.")
        return mount.open(self.cache)

    def select(self, ids: Iterable[str] | None = None) -> tuple[list["Cartridge"], list[str]]:
        """The cartridges with these ids, or all that are mounted; and a note for each that can't be read.

        Raises `NotFoundError` for an unknown id.
        """
        opened: list[Cartridge] = []
        notes: list[str] = []
        for cartridge_id in dict.fromkeys([mount.id for mount in self.mounts()] if ids is None else ids):
            try:
                opened.append(self.open(cartridge_id))
            except PackageError as error:
                notes.append(f"{error} The others were searched.")
        return list(dict.fromkeys(opened)), notes

    def _scan(self, before: dict[str, Mount]) -> dict[str, Mount]:
        known = {mount.folder: mount for mount in before.values()}
        found: dict[str, Mount] = {}
        for folder in _package_folders(self.roots):
            try:
                fingerprint = _fingerprint(folder)
            except OSError:
                continue  # removed since it was listed
            mount = known.get(folder)
            if mount is None or mount.fingerprint != fingerprint:
                mount = _mount(folder, fingerprint, mount)
            found.setdefault(mount.id, mount)
        return found


def _mount(folder: Path, fingerprint: Fingerprint, before: Mount | None) -> Mount:
    earlier = (before.cartridge or before.earlier) if before else None
    try:
        return Mount(folder, fingerprint, read_manifest(folder), earlier=earlier)
    except PackageError as error:
        return Mount(folder, fingerprint, None, problem=_without_path(error), earlier=earlier)


def _package_folders(roots: Iterable[Path]) -> Iterator[Path]:
    for root in roots:
        if is_package(root):
            yield root
        elif root.is_dir():
            # a dot marks what is being written or set aside
            yield from sorted(path for path in root.iterdir() if path.name[0] != "." and is_package(path))


def _fingerprint(folder: Path) -> Fingerprint:
    stats = [path.stat() for path in (folder / "manifest.json", folder / "index.json") if path.exists()]
    return tuple((stat.st_ino, stat.st_size, stat.st_mtime_ns) for stat in stats)


def _without_path(error: PackageError) -> str:
    """What is wrong with a package, for a client: the file's name without its folder."""
    if isinstance(error, PackageBrokenError):
        return f"{error.file.name}{', ' if error.field else ''}{error.field}: {error.problem}."
    return "a file of it is missing."
