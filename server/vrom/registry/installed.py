"""Packages installed in one folder, `$VROM_HOME/vroms`: several versions of a cartridge side by side.

The newest version is in the folder `ID`, where all clients of the format look, the others in `ID@VERSION`. The version
in the manifest is authoritative: a process killed while renaming folders leaves each package intact under one of these
names, and the next change restores the order.
"""

import contextlib
import re
import secrets
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from vrom.errors import HubError, NotFoundError, PackageError
from vrom.format.limits import DEFAULT_LIMITS, Limits
from vrom.format.manifest import is_package, read_manifest
from vrom.format.models import ID_PATTERN, Manifest
from vrom.format.versions import VERSION, Reference, choose, newest, sort_key
from vrom.registry.pulled_json import Record, read_record
from vrom.storage.atomic import exchange, replacing, sweep
from vrom.storage.waiting import acquire


@dataclass(frozen=True)
class Installed:
    """A package in the store. `record` is None for a package built on this machine."""

    folder: Path
    manifest: Manifest
    record: Record | None

    @property
    def id(self) -> str:
        """The cartridge's id."""
        return self.manifest.vrom_id

    @property
    def version(self) -> str:
        """The package's version."""
        return self.manifest.version

    @property
    def size(self) -> int:
        """Size of the package's folder in bytes."""
        return size_of(self.folder)


class PackageStore:
    """The packages in one folder. New packages must be readable within `limits`."""

    def __init__(self, folder: Path, limits: Limits = DEFAULT_LIMITS) -> None:
        self.folder = folder
        self.limits = limits

    def installed(self, cartridge_id: str | None = None) -> list[Installed]:
        """The readable packages, sorted by id, newest version first."""
        found = [package for folder in self._folders() if (package := _read(folder))]
        found = [package for package in found if cartridge_id in {None, package.id}]
        newest_first = sorted(found, key=lambda package: sort_key(package.version), reverse=True)
        return sorted(newest_first, key=lambda package: package.id)

    def find(self, reference: Reference) -> Installed:
        """The newest installed version that matches. Raises `NotFoundError` if there is none."""
        packages = {package.version: package for package in self.installed(reference.id)}
        chosen = choose(reference.wanted, packages)
        if chosen is None:
            if packages:
                raise NotFoundError(f"version of {reference.id}", reference.wanted, packages)
            raise NotFoundError("cartridge", reference.id, [package.id for package in self.installed()])
        return packages[chosen]

    @contextlib.contextmanager
    def lock(self, cartridge_id: str) -> Iterator[None]:
        """Hold an inter-process lock on one cartridge. Raises `HubError` for an invalid id or an unwritable folder."""
        if not re.fullmatch(ID_PATTERN, cartridge_id):
            raise HubError(
                f"{cartridge_id[:200]!r} is not a valid cartridge id. `vrom list` shows installed cartridges."
            )
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            lock = acquire(self.folder / f".{cartridge_id}.lock")
        except OSError as error:
            raise HubError(f"Cannot write {self.folder}: {error.strerror or error}. Check permissions.") from error
        try:
            yield
        finally:
            lock.release()

    @contextlib.contextmanager
    def placing(self, cartridge_id: str, version: str, *, force: bool = False) -> Iterator[Path]:
        """Yield an empty folder for a package's files; it is moved into the store if the block succeeds.

        The caller holds the lock. A package of the same version is replaced; other versions are kept. Raises `HubError`
        if the version can't be a folder name, or the folder can't be written; and, unless `force`, if an unreadable
        package is in the way.
        """
        if not VERSION.fullmatch(version):
            raise HubError(
                f"{cartridge_id}: {version[:100]!r} is not a valid version. Expected up to 64 letters, digits, `.`, "
                "`-`, `_` and `+`. Tell its publisher."
            )
        home, target = self.folder / cartridge_id, self.folder_for(cartridge_id, version)
        if home.exists() and _read(home) is None and not force:
            raise HubError(f"{home} exists but is not a readable package. Replace it with --force.")
        try:
            with replacing(target) as new:
                yield new
            self.settle(cartridge_id)
        except OSError as error:
            raise HubError(
                f"Cannot write {target}: {error.strerror or error}. Check disk space and permissions."
            ) from error

    def folder_for(self, cartridge_id: str, version: str) -> Path:
        """The folder for a new package before `settle`: that of the same version, or of one that can't be read."""
        home = self.folder / cartridge_id
        if home.exists() and _read(home) is None:
            return home
        same = [package.folder for package in self.installed(cartridge_id) if package.version == version]
        return same[0] if same else home.with_name(f"{home.name}@{version}") if home.exists() else home

    def settle(self, cartridge_id: str) -> None:
        """Rename the newest version's folder to `ID` and the others to `ID@VERSION`."""
        home = self.folder / cartridge_id
        packages = [package for package in self.installed(cartridge_id) if self._is_ours(package)]
        latest = newest(package.version for package in packages)
        for package in packages:
            wanted = home if package.version == latest else home.with_name(f"{home.name}@{package.version}")
            if package.folder != wanted and self._give(package, wanted):
                return self.settle(cartridge_id)
        return None

    def _give(self, package: Installed, name: Path) -> bool:
        """Rename a package's folder to `name`, exchanging it with any occupant; False if that isn't possible."""
        occupant = _read(name)
        if not name.exists():
            package.folder.rename(name)
        elif occupant and occupant.version == package.version:
            self._discard(package.folder)  # a duplicate left by a killed process
        elif not exchange(package.folder, name):
            aside = name.with_name(f"{name.name}@{occupant.version if occupant else secrets.token_hex(4)}")
            if aside.exists():
                return False
            name.rename(aside)
            package.folder.rename(name)
        return True

    def remove(self, package: Installed) -> None:
        """Remove a package; its folder name disappears atomically. The caller holds the lock.

        Raises `HubError` if that fails.
        """
        try:
            self._discard(package.folder)
            self.settle(package.id)
            sweep(self.folder)
        except OSError as error:
            raise HubError(f"Cannot remove {package.folder}: {error.strerror or error}. Check permissions.") from error

    def remove_unreadable(self, name: str) -> bool:
        """Remove the folder of an unreadable package, by folder name; False if there is none."""
        for folder in self._folders():
            if folder.name == name and _read(folder) is None:
                self._discard(folder)
                return True
        return False

    def _folders(self) -> list[Path]:
        if not self.folder.is_dir():
            return []
        return sorted(path for path in self.folder.iterdir() if path.name[0] != "." and is_package(path))

    def _is_ours(self, package: Installed) -> bool:
        """True if the folder's name was chosen by the store (`ID` or `ID@…`), not by the user."""
        return package.folder.name.partition("@")[0] == package.id

    def _discard(self, folder: Path) -> None:
        if folder.is_symlink():
            folder.unlink()
        elif folder.exists():
            trash = folder.with_name(f".{folder.name}.{secrets.token_hex(8)}.new")  # see `sweep`
            folder.rename(trash)
            shutil.rmtree(trash, ignore_errors=True)


def size_of(folder: Path) -> int:
    """Total bytes of all files below a folder, without links."""
    total = 0
    for path in folder.rglob("*"):
        with contextlib.suppress(OSError):
            if path.is_file() and not path.is_symlink():
                total += path.stat().st_size
    return total


def _read(folder: Path) -> Installed | None:
    try:
        return Installed(folder, read_manifest(folder), read_record(folder))
    except PackageError:
        return None
