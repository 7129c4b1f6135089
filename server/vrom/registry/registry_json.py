"""The registry document: a JSON file that lists packages and the URLs of their files.

vrom's own keys are extra keys, which other clients ignore: digests, compressed copies, older versions of an entry, and
the signature.
"""

from collections.abc import Iterator
from typing import Annotated, Any, Literal

import orjson
from pydantic import BaseModel, ConfigDict, FailFast, Field, ValidationError

from vrom.errors import HubError
from vrom.format.limits import memory_of
from vrom.format.models import VromId
from vrom.network.download import Digest

MOST_MEMORY = 2**30
"""Maximum bytes of memory for parsing a document, about ten times its size."""
MOST_UNREADABLE = 1000
"""Maximum number of unreadable entries that are skipped."""

ROLES = ("manifest", "index", "chunks")
"""Roles of a package's three files, which its identity depends on."""
TOKENS = "tokens"
"""Role of the companion with word pieces: the manifest holds its digest, and a package is whole without it."""


class _RegistryModel(BaseModel):
    model_config = ConfigDict(extra="allow")


class CompressedFile(Digest):
    """A gzip copy of a file, with the size and SHA-256 of the copy."""

    url: str


class Release(_RegistryModel):
    """One version of a package. `files` are URLs by role; relative ones are resolved against the document's URL."""

    version: str
    files: Annotated[dict[str, str], FailFast()]
    digests: Annotated[dict[str, Digest], FailFast()] = {}
    """Digests of the files, by role."""
    compressed: Annotated[dict[str, CompressedFile], FailFast()] = {}
    """Gzip copies of the files, by role."""


class Entry(Release):
    """The newest version of a package; older versions are in `versions`."""

    id: VromId
    name: str | None = None
    description: str | None = None
    vectors: int | None = None
    dimensions: int | None = None
    tokens: int | None = None
    size_mb: float | None = None
    model: str | None = None
    tags: Annotated[list[str] | None, FailFast()] = None
    official: bool | None = None
    versions: Annotated[list[Release], FailFast()] = []

    def releases(self) -> Iterator[Release]:
        """Every version, this one first."""
        yield self
        yield from self.versions


class Signature(BaseModel):
    """Ed25519 (RFC 8032) over the digests of all releases, see `signing.signed_text`."""

    algorithm: Literal["ed25519"] = "ed25519"
    key: str
    """The public key, as written by `signing.public_text`."""
    value: str
    """The signature in base64."""
    serial: int = Field(default=0, ge=0, le=2**53)
    """Signed serial number, raised with every change so that an older state is recognised; 0 if absent."""


class RegistryDocument(_RegistryModel):
    """A registry document. Unreadable entries are omitted from `vroms` and counted in `unreadable`."""

    version: Any = "1.0"
    description: str = ""
    base_url: str = ""
    vroms: list[Entry] = []
    signature: Signature | None = None
    unreadable: int = Field(default=0, exclude=True)

    def releases(self) -> Iterator[tuple[str, Release]]:
        """`(id, release)` of every version of every package. An id may be listed several times."""
        for entry in self.vroms:
            for release in entry.releases():
                yield entry.id, release

    def versions(self, cartridge_id: str) -> dict[str, Release]:
        """The releases of one package by version; the first one listed if a version is repeated."""
        found: dict[str, Release] = {}
        for listed, release in self.releases():
            if listed == cartridge_id:
                found.setdefault(release.version, release)
        return found

    def newest_entries(self) -> list[Entry]:
        """The first listed entry of each id."""
        found: dict[str, Entry] = {}
        for entry in self.vroms:
            found.setdefault(entry.id, entry)
        return list(found.values())


def parse_document(raw: bytes, address: str) -> RegistryDocument:
    """Parse a registry document. Raises `HubError` if it is invalid or too large; `address` is for the message."""
    if memory_of(raw) > MOST_MEMORY:
        raise HubError(
            f"{address} needs more than {MOST_MEMORY:,} bytes of memory to parse. Check that it is a registry."
        )
    try:
        document = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise HubError(f"{address} is not a registry: invalid JSON ({error.msg}). Check the address.") from error
    listed = document.get("vroms") if isinstance(document, dict) else None
    if not isinstance(listed, list):
        raise HubError(f"{address} is not a registry: expected an object with a list `vroms`. Check the address.")
    entries = _entries(listed, address)
    try:
        read = RegistryDocument.model_validate({**document, "vroms": []})
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise HubError(f"{address} is not a registry: {where}: {first['msg']}. Tell its publisher.") from error
    return read.model_copy(update={"vroms": entries, "unreadable": len(listed) - len(entries)})


def can_be_read(listed: Any) -> bool:
    """True if an entry of a registry document is valid."""
    return _entry(listed) is not None


def _entries(listed: list[Any], address: str) -> list[Entry]:
    entries: list[Entry] = []
    for number, one in enumerate(listed):
        if entry := _entry(one):
            entries.append(entry)
        elif number - len(entries) >= MOST_UNREADABLE:
            raise HubError(f"{address} is not a registry: more than {MOST_UNREADABLE} of its entries are invalid.")
    return entries


def _entry(listed: Any) -> Entry | None:
    try:
        return Entry.model_validate(listed)
    except ValidationError:
        return None
