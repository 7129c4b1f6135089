"""The list of cartridges, and one of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from vrom.answers.cartridges.listing import describe_mounts, find_mounts, note_nothing
from vrom.answers.document import document_of
from vrom.answers.models import CartridgeEntry, tokens
from vrom.app.explorer.pages import Explorer, explorer_of, number_of, page
from vrom.app.explorer.view.trust import Trust, find_trust
from vrom.errors import VromError
from vrom.format.versions import choose, sort_key
from vrom.library.library import Library
from vrom.library.mount import Mount
from vrom.registry.stored_listings import Listing, stored_listings
from vrom.search.shelf import Shelf

SHOWN = 50
"""Cartridges, or documents, on a page."""


@dataclass(frozen=True)
class Slice:
    """A page of a list."""

    number: int
    pages: int
    total: int
    name: str = "page"
    """Name of the number in the query."""

    @property
    def start(self) -> int:
        """Position of the first item on the page."""
        return (self.number - 1) * SHOWN

    @property
    def end(self) -> int:
        """Position after the last item on the page."""
        return min(self.start + SHOWN, self.total)


@dataclass(frozen=True)
class Entry:
    """A mounted cartridge, as a row of the list."""

    facts: CartridgeEntry
    documents: int | None
    """Number of documents, if the cartridge is open: to count them takes reading it."""
    trust: Trust
    newer: str = ""
    """Newer version that the registry lists which it was pulled from."""


@dataclass(frozen=True)
class Offer:
    """A cartridge that a registry lists, as a row of the list."""

    listing: Listing
    locked: str = ""
    """The version that the project locks; empty if it locks none."""

    @property
    def wanted(self) -> str:
        """Version to pull: the locked one if it is listed, else the newest."""
        return f"{self.listing.id}@{self.locked}" if self.locked in self.listing.versions else self.listing.id


def slice_of(request: Request, total: int, name: str = "page") -> Slice:
    """The page of a list that the query names, or the nearest that there is."""
    pages = max(1, -(-total // SHOWN))
    return Slice(number_of(request, name, 1, pages, 1), pages, total, name)


def show_cartridges(request: Request) -> Response:
    """Mounted cartridges, and those that registries list; filtered by words."""
    explorer = explorer_of(request)
    library = explorer.library
    words = request.query_params.get("q", "").strip()
    matching = find_mounts(library, words)
    shown = slice_of(request, len(matching))
    listings = _listed(library)
    mounted = {mount.id for mount in library.mounts()} if listings else set()
    available = [one for one in listings if one.id not in mounted and _holds(one, words)]
    offered = slice_of(request, len(available), "offered")
    return page(
        request,
        "cartridges.html",
        words=words,
        entries=_entries(library, matching[shown.start : shown.end], listings),
        shown=shown,
        notes=[] if matching or available else note_nothing(library),
        available=[_offer(one, library) for one in available[offered.start : offered.end]],
        offered=offered,
        outdated=_count_outdated(explorer, listings),
        kept={
            "q": words,
            "page": shown.number if shown.number > 1 else "",
            "offered": offered.number if offered.number > 1 else "",
        },
    )


def _entries(library: Library, mounts: Sequence[Mount], listings: Sequence[Listing]) -> list[Entry]:
    by_id = {one.id: one for one in listings}
    entries = []
    for mount, facts in zip(mounts, describe_mounts(library, mounts), strict=True):
        trust = find_trust(library, mount)
        entries.append(Entry(facts, _documents(mount), trust, _newer(mount, trust, by_id.get(mount.id))))
    return entries


def _count_outdated(explorer: Explorer, listings: Sequence[Listing]) -> int:
    """Number of cartridges in the store of which the registry that they were pulled from lists a newer version."""
    if explorer.changes is None:
        return 0
    by_id = {one.id: one for one in listings}
    store, library = explorer.changes.operations.store.resolve(), explorer.library
    return sum(
        bool(_newer(mount, find_trust(library, mount), by_id[mount.id]))
        for mount in library.mounts()
        if mount.id in by_id
        and sort_key(by_id[mount.id].version) > sort_key(mount.version)
        and mount.folder.resolve().parent == store
    )


def _offer(listing: Listing, library: Library) -> Offer:
    return Offer(listing, library.scope.locked.get(listing.id, ""))


def _newer(mount: Mount, trust: Trust, listing: Listing | None) -> str:
    """The newest version in the range that was pulled which the registry lists that it came from, if it is newer."""
    if listing is None or not trust.registry or trust.registry != listing.registry:
        return ""
    try:
        newest = choose(trust.wanted, listing.versions)
    except VromError:  # a record that isn't vrom's
        return ""
    return newest if newest and sort_key(newest) > sort_key(mount.version) else ""


def show_cartridge(request: Request) -> Response:
    """The page of a cartridge: its facts and its documents."""
    explorer = explorer_of(request)
    library, changes = explorer.library, explorer.changes
    name = request.path_params["id"]
    words = request.query_params.get("q", "").strip()
    mount = library.mount(name)
    if mount.state == "broken" and mount.described is None:
        raise mount.unreadable()
    with library.reading(name) as cartridge:
        files = [
            file for file in cartridge.documents if all(word in file.casefold() for word in words.casefold().split())
        ]
        shown = slice_of(request, len(files))
        documents = [_document(cartridge, file) for file in files[shown.start : shown.end]]
    trust = find_trust(library, mount, examine=True)
    listing = next((one for one in _listed(library) if one.id == mount.id), None)
    versions = [one for one in library.mounts(every_version=True) if one.id == mount.id and one is not mount]
    return page(
        request,
        "cartridge.html",
        cartridge=cartridge,
        manifest=cartridge.manifest,
        mount=mount,
        versions=versions,
        words=words,
        shown=shown,
        documents=documents,
        trust=trust,
        newer=_newer(mount, trust, listing),
        can_remove=changes is not None and mount.folder.resolve().parent == changes.operations.store.resolve(),
        can_update=changes is not None and bool(trust.origin),
    )


def _document(cartridge: Shelf, file: str) -> dict[str, Any]:
    document = document_of(cartridge, file)
    return {
        "file": file,
        "title": document.title,
        "chunks": len(document.chunk_ids),
        "tokens": tokens(document.text),
    }


def _documents(mount: Mount) -> int | None:
    opened = mount.cartridge
    return len(opened.documents) if opened else None


def _listed(library: Library) -> list[Listing]:
    return stored_listings(library.home) if library.home else []


def _holds(listing: Listing, words: str) -> bool:
    return all(word in listing.text for word in words.casefold().split())
