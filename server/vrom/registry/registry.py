"""Registry client: reads the document once, revalidates the copy on disk by its ETag, and falls back to the copy if the
network is down.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

import orjson

from vrom.errors import HubError, NotFoundError, TransferError, TrustError
from vrom.format.versions import Reference, choose
from vrom.network.addresses import is_web, without_credentials
from vrom.network.client import Network
from vrom.network.retry import tries
from vrom.registry.keys.signing import verify
from vrom.registry.keys.trust import KnownKeys
from vrom.registry.registry_json import Entry, RegistryDocument, Release, parse_document
from vrom.storage.atomic import replace_file

if TYPE_CHECKING:
    import httpx2

OFFICIAL_DATASET = "philipp-zettl/vrom-registry"
LARGEST_DOCUMENT = 32_000_000
ATTEMPTS = 2


def official_address() -> str:
    """URL of the official registry: a dataset on the hub, at the endpoint configured for its client."""
    from huggingface_hub import constants

    return f"{constants.ENDPOINT.rstrip('/')}/datasets/{OFFICIAL_DATASET}/resolve/main/registry.json"


class Registry:
    """One registry. `address` is the document's URL, or the path of a document or of a folder with `registry.json`.

    `copy` is the file in which the document is cached. `refresh` downloads the document regardless of the copy.
    """

    def __init__(self, address: str, network: Network, copy: Path, keys: KnownKeys, *, refresh: bool = False) -> None:
        self._given = address
        self.address = without_credentials(address) if is_web(address) else str(Path(address).expanduser().absolute())
        self._network = network
        self._copy = copy
        self._keys = keys
        self._refresh = refresh
        self.note = ""
        """Notes for the user: a stored copy is used, a key was seen for the first time, or entries were skipped."""
        self.key: str | None = None
        """The public key of the document's signature, once it has been read; None if unsigned."""
        self.is_stored_copy = False
        """True if the document read is the copy on disk, since the registry couldn't be reached."""

    @cached_property
    def document(self) -> RegistryDocument:
        """The document, verified. Raises `HubError`, `TransferError`, `TrustError`."""
        if not is_web(self.address):
            return self._accept(self._read_local())
        try:
            return self._ask()
        except TrustError:
            raise
        except HubError as error:
            stored = self._stored()
            if stored is None or (isinstance(error, TransferError) and not error.again):
                raise
            self._add_note(f"{error} Using the stored copy.")
            self.is_stored_copy = True
            return self._accept(stored, may_be_old=True)

    def _accept(self, raw: bytes, *, may_be_old: bool = False) -> RegistryDocument:
        """Parse a document and check its signature, key and serial number. Raises `HubError` and `TrustError`."""
        document = parse_document(raw, self.address)
        self.key = verify(document, self.address)
        serial = document.signature.serial if document.signature else 0
        if self._keys.check(self.address, self.key, serial, may_be_old=may_be_old):
            self._add_note(f"{self.address} is signed with {self.key}. Other keys will be rejected from now on.")
        if document.unreadable:
            self._add_note(f"{self.address}: unreadable entries skipped: {document.unreadable}.")
        return document

    def _add_note(self, note: str) -> None:
        self.note = f"{self.note} {note}".strip()

    @property
    def folder(self) -> Path:
        """The folder of a local registry's files."""
        path = Path(self.address)
        return path if path.is_dir() else path.parent

    def locate(self, file: str) -> str:
        """The URL of a file named by the document, or its path if the registry is local.

        Raises `HubError` for names that a registry may not use: another scheme, or a path outside its folder.
        """
        if is_web(file):
            return file
        if not is_web(self.address):
            path = (self.folder / file).resolve()
            if path.is_relative_to(self.folder.resolve()) and not urlsplit(file).scheme:
                return str(path)
        elif is_web(address := urljoin(self._given, file)):
            return address
        raise HubError(
            f"{self.address} lists the file {file[:200]!r}, which is neither a web URL nor inside its folder."
        )

    def _read_local(self) -> bytes:
        path = Path(self.address)
        file = path / "registry.json" if path.is_dir() else path
        try:
            return file.read_bytes()
        except OSError as error:
            raise HubError(
                f"Cannot read {file}: {error.strerror or error}. Expected a registry folder or its registry.json."
            ) from error

    def _ask(self) -> RegistryDocument:
        """The document from the network, or from the copy on disk if the server answers that it hasn't changed."""
        for attempt in tries(self._network.sleep, ATTEMPTS):
            with attempt:
                stored = self._stored()
                etag = self._etag(stored) if stored and not self._refresh else ""
                with self._network.get(self._given, headers={"If-None-Match": etag} if etag else {}) as response:
                    if response.status_code == 304 and etag and stored:
                        return self._accept(stored)
                    if response.status_code != 200:
                        raise TransferError(f"{self.address}: unexpected status {response.status_code}.")
                    raw = self._read(response)
                document = self._accept(raw)  # before it replaces the copy
                self._store(raw, response.headers.get("ETag", ""))
        return document

    def _read(self, response: "httpx2.Response") -> bytes:
        raw = bytearray()
        for block in response.iter_bytes():
            raw += block
            if len(raw) > LARGEST_DOCUMENT:
                raise TransferError(f"{self.address} is larger than the limit of {LARGEST_DOCUMENT:,} bytes.")
        return bytes(raw)

    def _stored(self) -> bytes | None:
        try:
            return self._copy.read_bytes()
        except OSError:
            return None

    @property
    def _note_of_copy(self) -> Path:
        return self._copy.with_suffix(".etag.json")

    def _etag(self, stored: bytes) -> str:
        """The ETag of the copy; empty if it belongs to another copy: other clients write this file as well."""
        try:
            note = orjson.loads(self._note_of_copy.read_bytes())
        except (OSError, orjson.JSONDecodeError):
            return ""
        about = (note.get("address"), note.get("sha256")) if isinstance(note, dict) else ()
        is_of_copy = about == (self.address, hashlib.sha256(stored).hexdigest())
        return str(note.get("etag", "")) if is_of_copy else ""

    def _store(self, raw: bytes, etag: str) -> None:
        note = {"address": self.address, "etag": etag, "sha256": hashlib.sha256(raw).hexdigest()}
        try:
            replace_file(self._copy, [raw])
            replace_file(self._note_of_copy, [orjson.dumps(note)])
        except OSError as error:
            raise HubError(f"Cannot write {self._copy}: {error.strerror or error}. Check permissions.") from error


@dataclass(frozen=True)
class Found:
    """A version of a package, and the registry that has it."""

    id: str
    release: Release
    registry: Registry


def find(reference: Reference, registries: Sequence[Registry]) -> Found:
    """The newest matching version, in the first registry that lists the id at all.

    Later registries are ignored, whatever versions they have, so that a higher version elsewhere can't take over a
    name. For the same reason an unreadable registry ends the search. Raises `HubError` and `NotFoundError`.
    """
    known: list[str] = []
    for registry in registries:
        versions = registry.document.versions(reference.id)
        if versions:
            chosen = choose(reference.wanted, versions)
            if chosen is None:
                raise NotFoundError(f"version of {reference.id}", reference.wanted, versions)
            return Found(reference.id, versions[chosen], registry)
        known += [entry.id for entry in registry.document.vroms]
    where = ", ".join(registry.address for registry in registries)
    raise NotFoundError(
        "cartridge", reference.id, known, f"{'Searched:' if known else 'No cartridges are listed in'} {where}."
    )


def every_version(registries: Iterable[Registry]) -> list[Found]:
    """Every version of every package, each id from the first registry that lists it. Raises `HubError`."""
    found: dict[str, list[Found]] = {}
    for registry in registries:
        own: dict[str, dict[str, Found]] = {}
        for cartridge_id, release in registry.document.releases():
            own.setdefault(cartridge_id, {}).setdefault(release.version, Found(cartridge_id, release, registry))
        for cartridge_id, versions in own.items():
            found.setdefault(cartridge_id, list(versions.values()))
    return [one for versions in found.values() for one in versions]


def listed(registries: Iterable[Registry]) -> list[tuple[Entry, Registry]]:
    """The newest version of every package, from the first registry that lists its id. Raises `HubError`."""
    found: dict[str, tuple[Entry, Registry]] = {}
    for registry in registries:
        for entry in registry.document.newest_entries():
            found.setdefault(entry.id, (entry, registry))
    return list(found.values())
