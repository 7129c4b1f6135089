"""One package among those that are mounted: described at once, opened when somebody asks for it."""

import threading
import time
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from vrom.errors import PackageBrokenError, PackageError
from vrom.format.hidden_text import visible_line
from vrom.format.limits import DEFAULT_LIMITS, Limits
from vrom.format.manifest import read_manifest
from vrom.format.models import Manifest

if TYPE_CHECKING:
    from vrom.index.cartridge import Cartridge

Fingerprint = tuple[tuple[int, int, int], ...]
"""Inode, size and modification time of a package's files: differs when the package was replaced or edited."""


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

    @classmethod
    def of(cls, folder: Path, fingerprint: Fingerprint, before: "Mount | None" = None) -> "Mount":
        """The package in `folder`, in the place of the mount that it was `before` its files changed."""
        earlier = (before.cartridge or before.earlier) if before else None
        try:
            return cls(folder, fingerprint, read_manifest(folder), earlier=earlier)
        except PackageError as error:
            return cls(folder, fingerprint, None, problem=_without_path(error), earlier=earlier)

    def as_default(self, is_default: bool) -> "Mount":
        """The mount, anew where it has become the default or has stopped being it: its cartridge has another name."""
        if self.is_default == is_default:
            return self
        return Mount(
            self.folder, self.fingerprint, self.manifest, is_default, problem=self.problem, earlier=self.earlier
        )

    @property
    def described(self) -> Manifest | None:
        """The manifest; where it can't be read, the one of the state that serves on."""
        return self.manifest or (self.earlier.manifest if self.earlier else None)

    @property
    def id(self) -> str:
        """The id in the manifest, or the folder's name, as people see it, where there is none."""
        return self.described.vrom_id if self.described else visible_line(self.folder.name)

    @property
    def version(self) -> str:
        """The version in the manifest, empty where there is none."""
        return self.described.version if self.described else ""

    @cached_property
    def terms(self) -> frozenset[str]:
        """The words of id, description and source, as search cuts them."""
        from vrom.index.tokenizer import vocabulary_terms

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
        from vrom.index.cartridge import Cartridge

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


def _without_path(error: PackageError) -> str:
    """What is wrong with a package, for a client: the file's name without its folder."""
    if isinstance(error, PackageBrokenError):
        return f"{error.file.name}{', ' if error.field else ''}{error.field}: {error.problem}."
    return "a file of it is missing."
