"""Listings of registries from their stored documents, without network requests."""

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

    @cached_property
    def terms(self) -> frozenset[str]:
        """The search terms of the id and the description."""
        return vocabulary_terms([self.id, self.about])


def stored_listings(home: Path) -> list[Listing]:
    """The listings in the documents stored under `home`, the first of each id. Unreadable documents are skipped."""
    found: dict[str, Listing] = {}
    for file in [home / "registry.json", *sorted((home / "registries").glob("*.json"))]:
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

    document = parse_document(file.read_bytes(), str(file))
    return [
        Listing(entry.id, " ".join(filter(None, [entry.name, entry.description, *(entry.tags or ())])))
        for entry in document.newest_entries()
    ]
