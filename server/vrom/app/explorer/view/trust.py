"""Origin of a mounted cartridge, as far as this machine knows: for the list, and in full for its page.

What a package says of itself proves nothing: the record beside its files counts only where `vrom pull` writes it, in
the store of this machine. Elsewhere, such as in a checkout, it may have come along with the package.
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from vrom.errors import VromError
from vrom.library.library import Library
from vrom.library.mount import Mount
from vrom.network.addresses import is_web, without_credentials
from vrom.registry.keys.trust import KnownKeys
from vrom.registry.lock import read_lock
from vrom.registry.pulled_json import Record, package_digests, package_files, read_record

Kind = Literal["signed", "unsigned", "made here", "comes with vrom", "stored", "unknown"]

Lock = Literal["", "as locked", "another version", "other files"]


@dataclass(frozen=True)
class Trust:
    """Knowledge about the origin of a package."""

    kind: Kind
    origin: str = ""
    """Address that it was pulled from."""
    wanted: str = ""
    """Version or range that was pulled; empty for the newest."""
    registry: str = ""
    key: str = ""
    """Public key of the registry, when it was pulled."""
    is_key_known: bool = True
    """False if the registry has another key now, or none."""
    lock: Lock = ""
    """Comparison with the project's vrom.lock; empty if that doesn't list it."""
    is_unchanged: bool | None = None
    """True if the files are those that were pulled; None if that wasn't examined."""

    @property
    def label(self) -> str:
        """For the list."""
        return "origin unknown" if self.kind == "unknown" else self.kind

    @property
    def is_good(self) -> bool:
        """True if nothing speaks against it."""
        sound = self.is_key_known and self.is_unchanged is not False and self.lock in {"", "as locked"}
        return sound and self.kind in {"signed", "made here", "comes with vrom"}


def find_trust(library: Library, mount: Mount, *, examine: bool = False) -> Trust:
    """Find what is known about a mounted package; with `examine`, also whether its files are those that were pulled."""
    if mount.is_stored:
        return Trust("stored")
    record = _record_of(library, mount)
    if record is None:
        return Trust(_kind_of_unpulled(library, mount))
    origin = record.origin
    return Trust(
        "signed" if origin.key else "unsigned",
        origin=without_credentials(origin.address) if is_web(origin.address) else origin.address,
        wanted=record.wanted,
        registry=origin.registry,
        key=origin.key or "",
        is_key_known=_is_known(library, record),
        lock=_compare_with_lock(library, mount, record),
        is_unchanged=_is_unchanged(mount, record) if examine else None,
    )


def _record_of(library: Library, mount: Mount) -> Record | None:
    """The record of a pulled package: of one in the store, or of the one there that this one's files are links to."""
    if library.home is None:
        return None
    store = library.home / "vroms"
    if mount.folder.parent.resolve() == store.resolve():
        return read_record(mount.folder)
    for same in (store / mount.id, store / f"{mount.id}@{mount.version}"):
        if _is_linked(mount.folder, same):
            return read_record(same)
    return None


def _is_linked(folder: Path, other: Path) -> bool:
    """True if both have the same files, as `vrom sync` makes them."""
    try:
        pairs = [(file, other / file.name) for file in package_files(folder).values() if file.is_file()]
        return all(theirs.is_file() and file.samefile(theirs) for file, theirs in pairs)
    except (OSError, VromError):
        return False


def _kind_of_unpulled(library: Library, mount: Mount) -> Kind:
    from vrom.settings import bundled_cartridges

    bundled = bundled_cartridges()
    if bundled and mount.folder.resolve().is_relative_to(bundled.resolve()):
        return "comes with vrom"
    return "made here" if library.home and _was_made_here(library.home / "builds", mount) else "unknown"


def _was_made_here(builds: Path, mount: Mount) -> bool:
    from vrom.builder.local_builds import was_built_here
    from vrom.builder.request import BuildRequest

    if mount.manifest is None:
        return False
    try:
        return was_built_here(builds, mount.folder, BuildRequest.of(mount.manifest))
    except VromError:
        return False


def _is_known(library: Library, record: Record) -> bool:
    """True if the registry's key is still the one that it was pulled with."""
    if not record.origin.key or library.home is None:
        return True
    file = library.home / "trust.json"
    try:
        known = _known_keys(file, file.stat().st_mtime_ns if file.exists() else 0)
    except (OSError, VromError):
        return False
    return known.get(record.origin.source) == record.origin.key


@lru_cache(maxsize=4)
def _known_keys(file: Path, _changed: int) -> dict[str, str]:
    return {address: known.key for address, known in KnownKeys(file).all().items()}


def _compare_with_lock(library: Library, mount: Mount, record: Record) -> Lock:
    own = library.scope.own  # .vrom/cartridges in the project
    file = own.parents[1] / "vrom.lock" if own else None
    if file is None or not file.is_file():
        return ""
    try:
        locked = _locked(file, file.stat().st_mtime_ns)
    except (OSError, VromError):
        return ""
    versions = {version: digests for (identity, version), digests in locked.items() if identity == mount.id}
    if not versions:
        return ""
    if mount.version not in versions:
        return "another version"
    found = {role: digest.sha256 for role, digest in record.files.items()}
    return "as locked" if versions[mount.version] == found else "other files"


@lru_cache(maxsize=4)
def _locked(file: Path, _changed: int) -> dict[tuple[str, str], dict[str, str]]:
    return {
        (one.id, one.version): {role: digest.sha256 for role, digest in one.files.items()}
        for one in read_lock(file).cartridge
    }


def _is_unchanged(mount: Mount, record: Record) -> bool:
    try:
        found = _digests(mount.folder, mount.fingerprint)
    except (OSError, VromError):
        return False
    return found == {role: digest.sha256 for role, digest in record.files.items()}


@lru_cache(maxsize=64)
def _digests(folder: Path, _changed: object) -> dict[str, str]:
    return {role: digest.sha256 for role, digest in package_digests(folder).items()}
