"""Short searches run on the event loop, where they arrive.

Handing a search to another thread and back costs half a millisecond, a tenth of the call, and threads that wait for
each other's interpreter cost a sixth of what a server gives to many clients. So a search for which everything is in
memory runs at once; one that may take longer goes to a worker, since the loop has other clients to serve.
"""

from vrom.library.library import Library
from vrom.library.select import Selection

MOST_CHUNKS = 10_000
"""Of all cartridges of a search: up to here every vector is compared, and no index is opened for it."""
LONGEST_QUERY = 500
"""Characters of a query: embedding so many takes 7 ms."""


def is_short(library: Library, selection: Selection, query: str) -> bool:
    """Return True if a search of these cartridges opens and loads nothing and compares few vectors."""
    opened = [mount.cartridge for mount in selection.mounts if mount.cartridge and mount.cartridge.is_warm]
    return (
        len(query) <= LONGEST_QUERY
        and len(opened) == len(selection.mounts)
        and sum(len(cartridge.chunks) for cartridge in opened) <= MOST_CHUNKS
        and all(library.embedders.has(cartridge.manifest.embedding_spec) for cartridge in opened)
    )
