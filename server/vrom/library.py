"""The set of mounted cartridges: found in folders, opened on first use, replaced while serving.

Looking for changes costs one `stat` a file, so every call can afford it: no watcher thread, and no file system on
which it doesn't work. A package that can't be read never takes another down; where an earlier state of it was open,
that one goes on serving.

A thousand cartridges cost their manifests. Those that are searched are opened, those that were not used for long are
closed, and a question to all of them goes to those whose descriptions are nearest to it.
"""

import contextlib
import math
import os
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from stat import S_ISREG
from typing import TYPE_CHECKING, Literal

from vrom.errors import NotFoundError, PackageBrokenError, PackageError
from vrom.package.limits import DEFAULT_LIMITS, Limits
from vrom.package.manifest import read_manifest
from vrom.package.models import Manifest
from vrom.package.versions import choose, newest, parse_reference

if TYPE_CHECKING:
    from vrom.embedding.pool import Embedders
    from vrom.search.cartridge import Cartridge

Fingerprint = tuple[tuple[int, int, int], ...]
"""Inode, size and modification time of a package's files: differs when the package was replaced or edited."""

RESCAN_SECONDS = 0.2
"""Between two looks at the folders, at least; so much more that looking takes a fiftieth of the time at most."""
SEARCHED = 32
"""Cartridges that a question to all of them goes to, at most: about 20 ms."""
KEPT_OPEN = 96
"""Cartridges that stay open, at most. Each holds two or three files, of which a process may often have 1,024."""


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
    used: float = 0.0
    """When it was last opened, by the monotonic clock."""

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

    @cached_property
    def terms(self) -> frozenset[str]:
        """The words of id, description and source, as search cuts them."""
        from vrom.search.tokens import vocabulary_terms

        about = self.described
        return vocabulary_terms([self.id, about.description, about.source] if about else [self.id])

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

        self.used = time.monotonic()
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

    def close(self) -> None:
        """Let go of the cartridge; its maps go when nobody reads from them any more. Not while it is being opened."""
        if self.lock.acquire(blocking=False):
            self.cartridge = None
            self.lock.release()

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
        self._folders: dict[str, Mount] = {}
        self._lock = threading.Lock()
        self._next_scan = float("-inf")
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
            begun = time.monotonic()
            if not force and begun < self._next_scan:
                return False
            before, self._folders = self._folders, self._scan(self._folders)
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
        mounts = self.mounts() if ids is None else [self.mount(cartridge_id) for cartridge_id in dict.fromkeys(ids)]
        said: list[str] = []
        if ids is None and question is not None and len(mounts) > SEARCHED:
            said.append(
                f"Searched {SEARCHED} of {len(mounts):,} cartridges, those whose descriptions are nearest to the "
                "query. list_cartridges finds others by a word; name them to search them."
            )
            mounts = nearest_mounts(mounts, question, SEARCHED)
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

    def _close_idle(self) -> None:
        in_use = [mount for mount in self._folders.values() if mount.cartridge is not None]
        for idle in sorted(in_use, key=lambda mount: mount.used)[: max(len(in_use) - KEPT_OPEN, 0)]:
            idle.close()

    def _scan(self, known: dict[str, Mount]) -> dict[str, Mount]:
        found: dict[str, Mount] = {}
        defaults: dict[str, Mount] = {}
        for root in self.roots:
            here: dict[str, list[Mount]] = {}
            for folder, fingerprint in _packages(root):
                mount = known.get(folder)
                if mount is None or mount.fingerprint != fingerprint:
                    mount = _mount(Path(folder), fingerprint, mount)
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


def _packages(root: Path) -> list[tuple[str, Fingerprint]]:
    """The packages that a root is or holds, by name, with their fingerprints."""
    if own := _fingerprint(str(root)):
        return [(str(root), own)]
    try:
        with os.scandir(root) as entries:
            # a dot marks what is being written or set aside
            folders = sorted(entry.path for entry in entries if entry.name[0] != "." and entry.is_dir())
    except OSError:
        return []
    return [(folder, fingerprint) for folder in folders if (fingerprint := _fingerprint(folder))]


def _fingerprint(folder: str) -> Fingerprint:
    """Of the files that make a folder a package; nothing where it is none."""
    found: list[tuple[int, int, int]] = []
    for name in ("manifest.json", "index.json"):
        with contextlib.suppress(OSError):
            found_file = os.stat(f"{folder}/{name}")  # noqa: PTH116 - a thousand paths take longer than their files
            if S_ISREG(found_file.st_mode):
                found.append((found_file.st_ino, found_file.st_size, found_file.st_mtime_ns))
    return tuple(found)


def nearest_mounts(mounts: Sequence[Mount], question: str, count: int) -> list[Mount]:
    """The `count` mounts that share most with a question in id, description and source, rare words counting most.

    Among equals those come first that were used last. The order of the mounts is kept.
    """
    from vrom.search.question import FUNCTION_TERMS, read_question

    asked = set(read_question(question).terms) - FUNCTION_TERMS
    holding = {term: [mount for mount in mounts if term in mount.terms] for term in asked}
    scores: dict[int, float] = {}
    for holders in holding.values():
        for mount in holders:
            scores[id(mount)] = scores.get(id(mount), 0.0) + math.log(1 + len(mounts) / len(holders))
    best = sorted(mounts, key=lambda mount: (-scores.get(id(mount), 0.0), -mount.used))[:count]
    chosen = {id(mount) for mount in best}
    return [mount for mount in mounts if id(mount) in chosen]


def _without_path(error: PackageError) -> str:
    """What is wrong with a package, for a client: the file's name without its folder."""
    if isinstance(error, PackageBrokenError):
        return f"{error.file.name}{', ' if error.field else ''}{error.field}: {error.problem}."
    return "a file of it is missing."
