"""The list of resources, a page at a time; a cartridge that a page doesn't reach is not opened for it.

First come all cartridges, of which the manifests say enough, then the documents of one after the other. A place in the
list is a row and a number in it: row 0 has the cartridges, row n the documents of the n-th.
"""

from collections.abc import Sequence
from itertools import islice
from typing import TYPE_CHECKING
from urllib.parse import quote

from mcp.types import ListResourcesResult, Resource

from vrom.answers.cursor import digest, read_cursor, write_cursor
from vrom.app.jobs.workers import current_job
from vrom.errors import NotFoundError, PackageError
from vrom.format.hidden_text import visible_line
from vrom.format.versions import describe_version
from vrom.library.library import Library
from vrom.library.mount import Mount

if TYPE_CHECKING:
    from vrom.search.shelf import Shelf

PAGE = 100
"""Resources on a page, at most."""
ROWS = 32
"""Rows that a page goes through, at most: so many cartridges are opened for it, and no more if they hold little."""


def resource_page(library: Library, cursor: str | None) -> ListResourcesResult:
    """The resources from the place that `cursor` holds, or from the first.

    Raises `InvalidArgumentError` for a cursor that was made up, or while other cartridges were mounted.
    """
    mounts = library.mounts()
    call, state = digest("resources"), digest(*(f"{mount.name} {mount.fingerprint}" for mount in mounts))
    first, number = _read(cursor, call, state)
    row = first
    listed: list[Resource] = []
    while len(listed) < PAGE and row < first + ROWS and row <= len(mounts):
        end = number + PAGE - len(listed)
        found, size = _row(library, mounts, row, number, end)
        listed += found
        row, number = (row, end) if end < size else (row + 1, 0)
    following = _write(row, number, call, state) if row <= len(mounts) else None
    return ListResourcesResult(resources=listed, next_cursor=following)


def document_uri(cartridge: str, source_file: str) -> str:
    """The address of a document."""
    return f"vrom://{cartridge}/{quote(source_file)}"


def _row(library: Library, mounts: Sequence[Mount], row: int, start: int, end: int) -> tuple[list[Resource], int]:
    """Items of a row from `start` to `end`, and the length of the row."""
    if row == 0:
        found = [_cartridge(mount) for mount in mounts[start:end] if mount.state != "broken"]
        return found, len(mounts)
    current_job().report(f"opening {mounts[row - 1].name}")
    try:
        with library.reading(mounts[row - 1].name) as cartridge:
            names = islice(cartridge.documents, start, end)
            return [_document(cartridge, name) for name in names], len(cartridge.documents)
    except (PackageError, NotFoundError):  # broken, which list_cartridges shows, or gone meanwhile
        return [], 0


def _cartridge(mount: Mount) -> Resource:
    description = mount.described.description if mount.described else ""
    return Resource(
        uri=f"vrom://{mount.name}",
        name=mount.name,
        title=f"{mount.name} {describe_version(mount.version)}",
        description=f"{description} ({describe_version(mount.version)})".strip(),
        mime_type="text/markdown",
    )


def _document(cartridge: "Shelf", source_file: str) -> Resource:
    title = cartridge.chunk(cartridge.documents[source_file][0]).doc_title
    return Resource(
        uri=document_uri(cartridge.id, source_file),
        name=visible_line(f"{cartridge.id}/{source_file}"),
        title=visible_line(title or source_file),
        mime_type="text/markdown",
    )


def _write(row: int, number: int, call: bytes, state: bytes) -> str:
    return write_cursor(row, call, state) + write_cursor(number, call, state)


def _read(cursor: str | None, call: bytes, state: bytes) -> tuple[int, int]:
    half = len(cursor or "") // 2
    row, number = cursor and cursor[:half], cursor and cursor[half:]
    return read_cursor(row, call, state), read_cursor(number, call, state)
