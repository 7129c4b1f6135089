"""What registries list, as their documents were last stored here: known without asking anybody."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from vrom.errors import HubError
from vrom.index.tokenizer import vocabulary_terms


@dataclass(frozen=True)
class Listing:
    """A cartridge that could be pulled; `about` is its registry's text on it, a stranger's words."""

    id: str
    about: str

    @cached_property
    def terms(self) -> frozenset[str]:
        """The words of both, as search cuts them."""
        return vocabulary_terms([self.id, self.about])


def stored_listings(home: Path) -> list[Listing]:
    """What the documents kept under `home` list, the first of each id. One that can't be read lists nothing."""
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
        parse_document,  # brings the client for downloads, which most answers never need
    )

    document = parse_document(file.read_bytes(), str(file))
    return [
        Listing(entry.id, " ".join(filter(None, [entry.name, entry.description, *(entry.tags or ())])))
        for entry in document.newest_entries()
    ]
