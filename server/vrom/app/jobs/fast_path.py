"""Searches that take a few milliseconds are done where they arrive, on the event loop.

Handing one to another thread and back costs half a millisecond, a tenth of the call, and threads that wait for each
other's interpreter cost a sixth of what a server gives to many clients. So a search is done at once when all that it
needs is in memory; what may take longer still goes to a worker, for the loop has other clients to hear.
"""

from collections.abc import Sequence

from vrom.errors import VromError
from vrom.library.library import Library

CHUNKS = 10_000
"""In all cartridges of a search: up to here every vector is compared, and no index is opened for it."""
CHARACTERS = 500
"""Of a question: embedding so many takes 7 ms."""


def is_short(library: Library, ids: Sequence[str] | None, question: str) -> bool:
    """Return True if a search of these cartridges, or of all, opens and loads nothing and compares little."""
    if len(question) > CHARACTERS:
        return False
    try:
        mounts = library.mounts() if ids is None else [library.mount(one) for one in ids]
    except VromError:
        return False
    opened = [mount.cartridge for mount in mounts if mount.cartridge and mount.cartridge.is_warm]
    return (
        len(opened) == len(mounts)
        and sum(len(cartridge.chunks) for cartridge in opened) <= CHUNKS
        and all(library.embedders.has(cartridge.manifest.embedding_spec) for cartridge in opened)
    )
