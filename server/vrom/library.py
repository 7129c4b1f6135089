"""The set of mounted cartridges: found in folders, opened on first use, replaced while serving.

Looking for changes costs one `stat` a file, so every call can afford it: no watcher thread, and no file system on
which it doesn't work. A package that can't be read never takes another down; where an earlier state of it was open,
that one goes on serving.
"""

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from vrom.errors import NotFoundError, PackageBrokenError, PackageError
from vrom.package.limits import DEFAULT_LIMITS, Limits
from vrom.package.manifest import is_package, read_manifest
from vrom.package.models import Manifest
from vrom.package.versions import choose, newest, parse_reference

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
    is_default: bool = True
    """Whether the id alone means this one: the newest version in the first root that has the id."""
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
    def version(self) -> str:
        """The version in the manifest, empty where there is none."""
        return self.described.version if self.described else ""

    @property
    def name(self) -> str:
        """What opens this very mount: the id, with the version where another is the default."""
        return self.id if self.is_default else f"{self.id}@{self.version}"

    @property
    def state(self) -> Literal["ready", "stale", "broken"]:
        """Stale: the files on disk are broken, and what was read before still serves."""
        if not self.problem:
            return "ready"
        return "stale" if self.earlier else "broken"

    def open(self, cache: Path, limits: Limits = DEFAULT_LIMITS) -> "Cartridge":
        """The cartridge, read on the first call. Raises `PackageError` when it can't be, and never was."""
        from vrom.search.cartridge import Cartridge

        with self.lock:
            if self.cartridge is None and not self.problem:
                try:
                    self.cartridge, self.earlier = self._named(Cartridge.open(self.folder, cache, limits)), None
                except PackageError as error:
                    self.problem = _without_path(error)
        opened = self.cartridge or self.earlier
        if opened is None:
            raise PackageError(f"Cartridge {self.id!r} can't be read: {self.problem}")
        return opened

    def _named(self, cartridge: "Cartridge") -> "Cartridge":
        """The cartridge under the name that opens it, so that what an answer cites leads back to this version."""
        if not self.is_default:
            cartridge.manifest = cartridge.manifest.model_copy(update={"vrom_id": self.name})
        return cartridge


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
        self._folders: dict[Path, Mount] = {}
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

    def mounts(self, *, every_version: bool = False) -> list[Mount]:
        """What is mounted now, broken packages included, in the order of the roots; one of each id, unless all."""
        self.refresh()
        return [mount for mount in self._folders.values() if every_version or mount.is_default]

    def refresh(self, *, force: bool = False) -> bool:
        """Look at the folders again, unless that was done a moment ago. True when something has changed."""
        with self._lock:
            if not force and time.monotonic() - self._scanned < RESCAN_SECONDS:
                return False
            before, self._folders = self._folders, self._scan(self._folders)
            changed = list(before.values()) != list(self._folders.values())
            self._scanned = time.monotonic()
        if changed:
            for listener in self._listeners:
                listener()
        return changed

    def open(self, cartridge_id: str) -> "Cartridge":
        """The cartridge with this id, in the newest version or the one that is meant by `ID@VERSION` (a version, the
        beginning of one, or a range); `hub://` before it is understood, as all clients of the format do.

        Raises `NotFoundError` when none is mounted under it, `PackageError` when its package can't be read.
        """
        return self.mount(cartridge_id).open(self.cache, self.limits)

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
                notes.append(str(error))
        if opened and notes:
            notes[-1] += " The others were searched."
        return list(dict.fromkeys(opened)), notes

    def _scan(self, known: dict[Path, Mount]) -> dict[Path, Mount]:
        found: dict[Path, Mount] = {}
        defaults: dict[str, Mount] = {}
        for root in self.roots:
            here: dict[str, list[Mount]] = {}
            for folder in _package_folders(root):
                try:
                    fingerprint = _fingerprint(folder)
                except OSError:
                    continue  # removed since it was listed
                mount = known.get(folder)
                if mount is None or mount.fingerprint != fingerprint:
                    mount = _mount(folder, fingerprint, mount)
                found[folder] = mount
                here.setdefault(mount.id, []).append(mount)
            for cartridge_id, mounts in here.items():
                defaults.setdefault(cartridge_id, _newest(mounts))
        return {folder: _as_default(mount, defaults[mount.id] is mount) for folder, mount in found.items()}


def _newest(mounts: Sequence[Mount]) -> Mount:
    latest = newest({mount.version: mount for mount in mounts})
    return next(mount for mount in mounts if mount.version == latest)


def _as_default(mount: Mount, is_default: bool) -> Mount:
    """The mount, anew where it has become the default or has stopped being it: its cartridge has another name then."""
    if mount.is_default == is_default:
        return mount
    return Mount(
        mount.folder, mount.fingerprint, mount.manifest, is_default, problem=mount.problem, earlier=mount.earlier
    )


def _mount(folder: Path, fingerprint: Fingerprint, before: Mount | None) -> Mount:
    earlier = (before.cartridge or before.earlier) if before else None
    try:
        return Mount(folder, fingerprint, read_manifest(folder), earlier=earlier)
    except PackageError as error:
        return Mount(folder, fingerprint, None, problem=_without_path(error), earlier=earlier)


def _package_folders(root: Path) -> list[Path]:
    if is_package(root):
        return [root]
    if not root.is_dir():
        return []
    # a dot marks what is being written or set aside
    return sorted(path for path in root.iterdir() if path.name[0] != "." and is_package(path))


def _fingerprint(folder: Path) -> Fingerprint:
    stats = [path.stat() for path in (folder / "manifest.json", folder / "index.json") if path.exists()]
    return tuple((stat.st_ino, stat.st_size, stat.st_mtime_ns) for stat in stats)


def _without_path(error: PackageError) -> str:
    """What is wrong with a package, for a client: the file's name without its folder."""
    if isinstance(error, PackageBrokenError):
        return f"{error.file.name}{', ' if error.field else ''}{error.field}: {error.problem}."
    return "a file of it is missing."
