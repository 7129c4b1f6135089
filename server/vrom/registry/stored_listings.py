"""Listings of registries from their stored documents, without network requests."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from vrom.errors import HubError
from vrom.index.tokenizer import vocabulary_terms


@dataclass(frozen=True)
class Listing:
    """A cartridge available from a registry; `about` is the registry's untrusted description."""

    id: str
    about: str
    version: str = ""
    """The newest version."""
    versions: frozenset[str] = frozenset()
    """Every version that is listed, the newest as well."""
    chunks: int | None = None
    tokens: int | None = None
    megabytes: float | None = None
    model: str = ""
    registry: str = ""
    """Address of the registry; empty if another program has stored the document."""
    key: str | None = None
    """Public key whose signature was verified when the document was stored; None if unsigned or not verified."""

    @cached_property
    def text(self) -> str:
        """Id and description, without the difference of upper and lower case."""
        return f"{self.id} {self.about}".casefold()

    @cached_property
    def terms(self) -> frozenset[str]:
        """The search terms of the id and the description."""
        return vocabulary_terms([self.id, self.about])


def stored_listings(home: Path) -> list[Listing]:
    """The listings in the documents stored under `home`, the first of each id. Unreadable documents are skipped."""
    found: dict[str, Listing] = {}
    for file in [home / "registry.json", *sorted((home / "registries").glob("*.json"))]:
        if file.name.endswith(".etag.json"):
            continue
        try:
            listed = _listed(file, file.stat().st_mtime_ns)
        except (OSError, HubError):
            continue
        for listing in listed:
            found.setdefault(listing.id, listing)
    return list(found.values())


@lru_cache(maxsize=16)
def _listed(file: Path, _changed: int) -> Sequence[Listing]:
    from vrom.registry.registry_json import (
        parse_document,  # imports the download client, which most answers don't need
    )

    raw = file.read_bytes()
    document = parse_document(raw, str(file))
    registry = _stored_from(file, raw)
    key = document.signature.key if registry and document.signature else None
    return [
        Listing(
            id=entry.id,
            about=" ".join(filter(None, [entry.name, entry.description, *(entry.tags or ())])),
            version=entry.version,
            versions=frozenset(release.version for release in entry.releases()),
            chunks=entry.vectors,
            tokens=entry.tokens,
            megabytes=entry.size_mb,
            model=entry.model or "",
            registry=registry,
            key=key,
        )
        for entry in document.newest_entries()
    ]


def _stored_from(file: Path, raw: bytes) -> str:
    """Address of the registry whose document vrom has verified and stored here; empty if it wasn't vrom."""
    try:
        note = json.loads(file.with_suffix(".etag.json").read_bytes())
    except (OSError, ValueError):
        return ""
    is_of_this = isinstance(note, dict) and note.get("sha256") == hashlib.sha256(raw).hexdigest()
    return str(note.get("address", "")) if is_of_this else ""
