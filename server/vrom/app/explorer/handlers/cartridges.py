"""The list of cartridges, and one of them."""

from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from vrom.answers.cartridges.listing import list_cartridges
from vrom.answers.document import document_of
from vrom.answers.models import tokens
from vrom.app.explorer.pages import explorer_of, number_of, page
from vrom.format.manifest import RECORD_FILE
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

    @property
    def start(self) -> int:
        """Position of the first item on the page."""
        return (self.number - 1) * SHOWN

    @property
    def end(self) -> int:
        """Position after the last item on the page."""
        return min(self.start + SHOWN, self.total)


def slice_of(request: Request, total: int) -> Slice:
    """The page of a list that the query names, or the nearest that there is."""
    pages = max(1, -(-total // SHOWN))
    return Slice(number_of(request, "page", 1, pages, 1), pages, total)


def show_cartridges(request: Request) -> Response:
    """Mounted cartridges, and those that registries list; filtered by words."""
    library = explorer_of(request).library
    words = request.query_params.get("q", "").strip()
    answer = list_cartridges(library, words, most=None)
    shown = slice_of(request, len(answer.cartridges))
    entries = answer.cartridges[shown.start : shown.end]
    mounted = {mount.id: mount for mount in library.mounts()}
    available = [one for one in _listed(library) if one.id not in mounted and _holds(one, words)]
    return page(
        request,
        "cartridges.html",
        words=words,
        entries=[(entry, _documents(mounted.get(entry.id))) for entry in entries],
        shown=shown,
        notes=[] if answer.cartridges or available else answer.notes,
        available=available[:SHOWN],
        available_count=len(available),
    )


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
        can_remove=changes is not None and mount.folder.resolve().parent == changes.operations.store.resolve(),
        can_update=changes is not None and (mount.folder / RECORD_FILE).is_file(),
    )


def _document(cartridge: Shelf, file: str) -> dict[str, Any]:
    document = document_of(cartridge, file)
    return {
        "file": file,
        "title": document.title,
        "chunks": len(document.chunk_ids),
        "tokens": tokens(document.text),
    }


def _documents(mount: Mount | None) -> int | None:
    """Number of documents, if the cartridge is open: to count them takes reading it."""
    opened = mount.cartridge if mount else None
    return len(opened.documents) if opened else None


def _listed(library: Library) -> list[Listing]:
    return stored_listings(library.home) if library.home else []


def _holds(listing: Listing, words: str) -> bool:
    text = f"{listing.id} {listing.about}".casefold()
    return all(word in text for word in words.casefold().split())
