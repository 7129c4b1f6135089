"""Install offered packages in the store: download, verify, and put in place atomically."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from vrom.errors import HubError, MismatchError
from vrom.format.companions import declared_tokens
from vrom.format.limits import DEFAULT_LIMITS, Limits
from vrom.format.manifest import read_manifest
from vrom.format.models import corpus_hash
from vrom.format.read import read_package
from vrom.format.versions import sort_key
from vrom.network.download import Digest, Progress, digest_of, silent
from vrom.registry.installed import Installed, PackageStore
from vrom.registry.pulled_json import Origin, Record, package_digests, package_files, write_record
from vrom.registry.registry_json import TOKENS


@dataclass(frozen=True)
class Offer:
    """A package available from a source."""

    id: str
    version: str
    origin: Origin
    bring: Callable[[Path, Progress], None]
    """Function that writes the package's files into an empty folder."""
    digests: Mapping[str, Digest] = field(default_factory=dict)
    """Expected digests of the files, by role, as far as the source states them."""


@dataclass(frozen=True)
class Pulled:
    """A requested package, now in the store."""

    package: Installed
    changed: bool
    """False if this package was installed already."""


def take(
    offer: Offer, store: PackageStore, *, wanted: str = "", force: bool = False, progress: Progress = silent
) -> Pulled:
    """Install an offered package. `wanted` is the requested version or range.

    An installed package of this version is kept, unless it differs from the offer, or with `force`; so is every
    package of this id from another origin. Concurrent processes are serialised by a lock. Raises `HubError` and
    `PackageError`.
    """
    with store.lock(offer.id):
        present = [package for package in store.installed(offer.id) if package.version == offer.version]
        if present and not force and _is_offered(present[0], offer):
            _note(present[0], offer, wanted)
            return Pulled(present[0], changed=False)
        if not force:
            _ensure_same_origin(store.installed(offer.id), offer)
        with store.placing(offer.id, offer.version, force=force) as new:
            offer.bring(new, progress)
            progress("verifying", 0, None)
            verify(new, offer.id, offer.version, offer.digests, store.limits)
            write_record(new, Record(origin=offer.origin, wanted=wanted, files=package_digests(new)))
        (package,) = (found for found in store.installed(offer.id) if found.version == offer.version)
        _remove_replaced(package, store, wanted)
        return Pulled(package, changed=True)


def verify(
    folder: Path, cartridge_id: str, version: str, digests: Mapping[str, Digest], limits: Limits = DEFAULT_LIMITS
) -> None:
    """Verify that a folder holds the expected package, with matching digests, within the limits.

    Raises `MismatchError` if a digest, the id, the version or the corpus hash differs, and `PackageError` if the
    package can't be read.
    """
    found = package_digests(folder)
    for role, digest in digests.items():
        if found.get(role) != digest:
            about = f"SHA-256 {found[role].sha256[:12]}…" if role in found else "no such file"
            raise MismatchError(f"{cartridge_id} {version}, {role}: {about}, expected {digest.sha256[:12]}….")
    _verify_tokens(folder, cartridge_id, version)
    package = read_package(folder, limits)
    is_named = (package.manifest.vrom_id, package.manifest.version)
    if is_named != (cartridge_id, version):
        raise MismatchError(
            f"The downloaded package is {' '.join(is_named)}, expected {cartridge_id} {version}. "
            "Its source lists it incorrectly. Nothing was installed."
        )
    if corpus_hash(chunk.text for chunk in package.chunks) != package.manifest.corpus_hash:
        raise MismatchError(
            f"{cartridge_id} {version}: the texts do not match corpus_hash in the manifest. The files are damaged or "
            "come from different builds. Nothing was installed."
        )


def _verify_tokens(folder: Path, cartridge_id: str, version: str) -> None:
    """Raise `MismatchError` unless the word pieces, if there are any, are those that the manifest declares."""
    file, declared = package_files(folder).get(TOKENS), declared_tokens(read_manifest(folder))
    if file is None or declared is None or not file.is_file():
        return
    found = digest_of(file)
    if (found.sha256, found.size) != (declared.sha256, declared.bytes):
        raise MismatchError(
            f"{cartridge_id} {version}, {file.name}: SHA-256 {found.sha256[:12]}…, but its manifest declares "
            f"{declared.sha256[:12]}…. The file is damaged or comes from another build. Nothing was installed."
        )


def _ensure_same_origin(installed: Sequence[Installed], offer: Offer) -> None:
    """Raise `HubError` if a package of this id came from elsewhere: a name must not be taken over in silence."""
    for package in installed:
        if package.record is None:
            origin = "was built on this machine"
        elif package.record.origin.source != offer.origin.source:
            origin = f"was pulled from {package.record.origin}"
        else:
            continue
        raise HubError(
            f"{package.id} {package.version} {origin}, but {offer.version} comes from {offer.origin}. "
            f"If you trust the new origin, pull with --force or remove the old one with `vrom remove {package.id}`."
        )


def _is_offered(present: Installed, offer: Offer) -> bool:
    """True if an installed package equals the offer."""
    found = package_digests(present.folder)
    if offer.digests:
        is_same = all(found.get(role) == digest for role, digest in offer.digests.items())
    else:
        is_same = present.record is not None and (present.record.files, present.record.origin) == (found, offer.origin)
    return is_same


def _note(present: Installed, offer: Offer, wanted: str) -> None:
    """Update the record of an installed package: add its origin and `wanted` if it has none."""
    record = present.record or Record(origin=offer.origin, wanted=wanted, files=package_digests(present.folder))
    record = record.model_copy(update={"wanted": record.wanted or wanted})
    if record != present.record:
        write_record(present.folder, record)


def _remove_replaced(latest: Installed, store: PackageStore, wanted: str) -> None:
    """Remove older versions pulled with the same `wanted`. The caller holds the lock."""
    for package in store.installed(latest.id):
        is_older = sort_key(package.version) < sort_key(latest.version)
        if is_older and package.record and package.record.wanted == wanted:
            store.remove(package)
