"""The registry document: one JSON file that lists packages and where their files are.

Keys of our own are extra ones, which other clients ignore: digests, compressed copies, older versions of an entry, and
the signature.
"""

from collections.abc import Iterator
from typing import Any, Literal

import orjson
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from vrom.errors import HubError
from vrom.hub.download import Digest
from vrom.package.models import VromId

ROLES = ("manifest", "index", "chunks")
"""The files of a package, as the registry names them."""


class _RegistryModel(BaseModel):
    model_config = ConfigDict(extra="allow")


class CompressedFile(Digest):
    """A gzip copy of a file; size and SHA-256 are the copy's own."""

    url: str


class Release(_RegistryModel):
    """One version of a package. `files` are addresses by role, relative ones to the document's own."""

    version: str
    files: dict[str, str]
    digests: dict[str, Digest] = {}
    """Of the files, by role."""
    compressed: dict[str, CompressedFile] = {}
    """gzip copies, by role."""


class Entry(Release):
    """A package in its newest version; older ones are in `versions`."""

    id: VromId
    name: str | None = None
    description: str | None = None
    vectors: int | None = None
    dimensions: int | None = None
    tokens: int | None = None
    size_mb: float | None = None
    model: str | None = None
    tags: list[str] | None = None
    official: bool | None = None
    versions: list[Release] = []

    def releases(self) -> Iterator[Release]:
        """Every version, this one first."""
        yield self
        yield from self.versions


class Signature(BaseModel):
    """Ed25519 (RFC 8032) over the digests of all releases, see `signing.signed_text`."""

    algorithm: Literal["ed25519"] = "ed25519"
    key: str
    """The public key, as `signing.PublicKey` writes it."""
    value: str
    """base64."""
    serial: int = Field(default=0, ge=0, le=2**53)
    """Signed as well, and raised with every change, so that an older state is known for one; 0: none was given."""


class RegistryDocument(_RegistryModel):
    """A registry. Entries that can't be read are left out of `vroms` and counted in `unreadable`."""

    version: Any = "1.0"
    description: str = ""
    base_url: str = ""
    vroms: list[Entry] = []
    signature: Signature | None = None
    unreadable: int = Field(default=0, exclude=True)

    def releases(self) -> Iterator[tuple[str, Release]]:
        """Every version of every package, with the id. An id may be listed several times."""
        for entry in self.vroms:
            for release in entry.releases():
                yield entry.id, release

    def versions(self, cartridge_id: str) -> dict[str, Release]:
        """The versions of one package; the first that is listed of equal ones."""
        found: dict[str, Release] = {}
        for listed, release in self.releases():
            if listed == cartridge_id:
                found.setdefault(release.version, release)
        return found

    def newest_entries(self) -> list[Entry]:
        """One entry for each id, as listed first."""
        found: dict[str, Entry] = {}
        for entry in self.vroms:
            found.setdefault(entry.id, entry)
        return list(found.values())


def parse_document(raw: bytes, address: str) -> RegistryDocument:
    """Read a registry document. Raises `HubError` when it isn't one; `address` is for the message."""
    try:
        document = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise HubError(f"{address} is not a registry: it is not JSON ({error.msg}). Check the address.") from error
    listed = document.get("vroms") if isinstance(document, dict) else None
    if not isinstance(listed, list):
        raise HubError(f"{address} is not a registry: expected an object with a list `vroms`. Check the address.")
    entries = [entry for entry in map(_entry, listed) if entry]
    try:
        read = RegistryDocument.model_validate({**document, "vroms": []})
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise HubError(f"{address} is not a registry: {where}: {first['msg']}. Tell whoever serves it.") from error
    return read.model_copy(update={"vroms": entries, "unreadable": len(listed) - len(entries)})


def _entry(listed: Any) -> Entry | None:
    try:
        return Entry.model_validate(listed)
    except ValidationError:
        return None
