"""Mounted package: its manifest is read immediately, its cartridge opened on first use."""

import hashlib
import logging
import re
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from vrom.errors import PackageError
from vrom.format.hidden_text import visible_line
from vrom.format.limits import DEFAULT_LIMITS, Limits
from vrom.format.manifest import read_manifest
from vrom.format.models import Manifest
from vrom.library.damage import is_damage, problem_of

if TYPE_CHECKING:
    from vrom.index.cartridge import Cartridge
    from vrom.search.shelf import Shelf

_log = logging.getLogger(__name__)
_NO_ID = re.compile(r"[^A-Za-z0-9._@-]+")

PATIENCE = 10.0
"""Seconds to wait while another thread opens the cartridge: one that takes long must not hold all workers."""

Fingerprint = tuple[tuple[int, int, int], ...]
"""Inode, size and modification time of a package's files: changes if the package is replaced or edited."""


@dataclass(eq=False)
class Mount:
    """Package known to the library: the manifest is read immediately, the cartridge opened on first use."""

    folder: Path
    fingerprint: Fingerprint
    manifest: Manifest | None
    is_default: bool = True
    """True if the id alone refers to this mount: the locked version, else the newest, in the first root with the id."""
    locked: str | None = None
    """The version that the project locks; None if it isn't a dependency of the project."""
    problem: str = ""
    """Reason why the package can't be used, safe to show to a client: it contains no local path."""
    cartridge: "Cartridge | None" = None
    earlier: "Cartridge | None" = None
    """Cartridge opened before the files changed; it is served while the new files can't be read."""
    lock: threading.Lock = field(default_factory=threading.Lock)
    used: float = 0.0
    """Time of the last `open`, by the monotonic clock."""

    @classmethod
    def of(cls, folder: Path, fingerprint: Fingerprint, before: "Mount | None" = None) -> "Mount":
        """Mount the package in `folder`; `before` is its mount before its files changed."""
        earlier = (before.cartridge or before.earlier) if before else None
        try:
            return cls(folder, fingerprint, read_manifest(folder), earlier=earlier)
        except PackageError as error:
            return cls(folder, fingerprint, None, problem=problem_of(error), earlier=earlier)

    def as_default(self, is_default: bool, locked: str | None = None) -> "Mount":
        """Return this mount, or a new one if a value changes: what its cartridge is called in answers does as well."""
        if (self.is_default, self.locked) == (is_default, locked):
            return self
        return Mount(
            self.folder, self.fingerprint, self.manifest, is_default, locked, self.problem, earlier=self.earlier
        )

    @property
    def described(self) -> Manifest | None:
        """Manifest of the package; if unreadable, the manifest of the cartridge still served; None without either."""
        return self.manifest or (self.earlier.manifest if self.earlier else None)

    @property
    def id(self) -> str:
        """Id in the manifest; without one, the folder's name with only the characters of an id."""
        return self.described.vrom_id if self.described else _NO_ID.sub("-", visible_line(self.folder.name))[:128]

    @property
    def version(self) -> str:
        """Version in the manifest; empty without one."""
        return self.described.version if self.described else ""

    @cached_property
    def terms(self) -> frozenset[str]:
        """Terms of id, description and source, as the search tokenizer produces them."""
        from vrom.index.tokenizer import vocabulary_terms

        about = self.described
        return vocabulary_terms([self.id, about.description, about.source] if about else [self.id])

    @cached_property
    def text(self) -> str:
        """Id, description and source, without the difference of upper and lower case."""
        about = self.described
        return (f"{self.id} {about.description} {about.source}" if about else self.id).casefold()

    @cached_property
    def key(self) -> int:
        """64-bit hash of the state of the package: it stays the same while the files do."""
        state = self.contents_digest or repr((str(self.folder), self.fingerprint))
        return int.from_bytes(hashlib.sha256(state.encode("utf-8", "surrogateescape")).digest()[:8], "little")

    @property
    def contents_digest(self) -> str:
        """Digest of the contents, if it is known without reading them; the files' fingerprint stands for them."""
        return ""

    @property
    def name(self) -> str:
        """Name that opens this mount: the id, with the version if another version is the default."""
        return self.id if self.is_default else f"{self.id}@{self.version}"

    @property
    def is_closed(self) -> bool:
        """True if the package hasn't been read yet."""
        return self.cartridge is None and not self.problem

    @property
    def is_stored(self) -> bool:
        """True if the rows are in a database; see `vrom.library.stored`."""
        return False

    @property
    def state(self) -> Literal["ready", "stale", "broken"]:
        """State of the package; stale: the files on disk are broken, and the cartridge read earlier is served."""
        if not self.problem:
            return "ready"
        return "stale" if self.earlier else "broken"

    def open(self, cache: Path, limits: Limits = DEFAULT_LIMITS) -> "Shelf":
        """Open the cartridge on first call. Raises `PackageError` if unreadable and no earlier one is open."""
        from vrom.index.cartridge import Cartridge

        self.used = time.monotonic()
        if not self.lock.acquire(timeout=PATIENCE):
            raise PackageError(f"Cartridge {self.id!r} is still being opened. Ask again later.")
        try:
            if self.is_closed:
                try:
                    self.cartridge, self.earlier = self._named(Cartridge.open(self.folder, cache, limits)), None
                except Exception as error:
                    if not is_damage(error):
                        raise
                    self._note(error)  # an earlier state goes on being served
            opened = self.cartridge or self.earlier
            if opened is not None and not opened.is_whole:
                self.cartridge = self.earlier = opened = None
                self.problem = "a file of it was truncated while it was open."
        finally:
            self.lock.release()
        if opened is None:
            raise self.unreadable()
        return opened

    def fail(self, error: Exception) -> PackageError:
        """Note that what is open proved to be damaged, and close it; return the error for whoever asked for it."""
        self._note(error)
        self.cartridge = self.earlier = None
        return self.unreadable()

    def _note(self, error: Exception) -> None:
        _log.warning("%s: %s", self.folder, error, exc_info=not isinstance(error, PackageError))
        self.problem = problem_of(error)

    def unreadable(self) -> PackageError:
        """The error of a package that can't be read."""
        return PackageError(f"Cartridge {self.id!r} can't be read: {self.problem}")

    def close(self) -> None:
        """Release the cartridge, unless it is being opened; its maps are closed when no reader uses them any more."""
        if self.lock.acquire(blocking=False):
            self.cartridge = None
            self.lock.release()

    def _named(self, cartridge: "Cartridge") -> "Cartridge":
        """Set the manifest's id to the name that opens this version, so that citations in answers refer to it."""
        cartridge.locked = self.locked
        if not self.is_default:
            cartridge.manifest = cartridge.manifest.model_copy(update={"vrom_id": self.name})
        return cartridge


def fail(mounts: Iterable[Mount], cartridge: "Shelf", error: Exception) -> PackageError:
    """Mark the mount of a damaged cartridge as broken; return the error that names it.

    Only companions are searched without having been validated as a whole. What else goes wrong unexpectedly is a
    defect of ours that this cartridge meets: it is logged, and the cartridge stays as it is.
    """
    if not isinstance(error, PackageError) and cartridge.is_validated:
        _log.error("%s", cartridge.id, exc_info=error)
        problem = "an error in vrom itself, which the server's log names."
        return PackageError(f"Cartridge {cartridge.id!r} can't be read: {problem}")
    for mount in mounts:
        if cartridge is mount.cartridge or cartridge is mount.earlier:
            return mount.fail(error)
    return PackageError(f"Cartridge {cartridge.id!r} can't be read: {problem_of(error)}")  # replaced meanwhile


def close_idle(mounts: Iterable[Mount], kept: int) -> None:
    """Close the cartridges that were not used for longest, but for `kept` of them."""
    in_use = [mount for mount in mounts if mount.cartridge is not None]
    for idle in sorted(in_use, key=lambda mount: mount.used)[: max(len(in_use) - kept, 0)]:
        idle.close()
