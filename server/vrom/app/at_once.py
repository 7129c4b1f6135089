"""Searches that take a few milliseconds are done where they arrive, on the event loop.

Handing one to another thread and back costs half a millisecond, a tenth of the call, and threads that wait for each
other's interpreter cost a sixth of what a server gives to many clients. So a search is done at once when all that it
needs is known to be in memory; what may take longer still goes to a worker, for the loop has other clients to hear.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING
from weakref import WeakSet

from vrom.errors import VromError
from vrom.library import Library
from vrom.mounts.mount import Mount

if TYPE_CHECKING:
    from vrom.search.cartridge import Cartridge

CHUNKS = 10_000
"""In all cartridges of a search: up to here every vector is compared, and no index is opened for it."""
CHARACTERS = 500
"""Of a question: embedding so many takes 7 ms."""


class InMemory:
    """Remembers which cartridges were searched by words and meaning, so that nothing of them has to be opened."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._searched: WeakSet[Cartridge] = WeakSet()

    def suffices(self, ids: Sequence[str] | None, question: str) -> bool:
        """Whether a search of these cartridges, or of all, is short."""
        if len(question) > CHARACTERS:
            return False
        try:
            opened = [mount.cartridge for mount in self._mounts(ids)]
        except VromError:
            return False
        return (
            all(cartridge is not None and cartridge in self._searched for cartridge in opened)
            and sum(len(cartridge.chunks) for cartridge in opened if cartridge) <= CHUNKS
        )

    def note(self, ids: Sequence[str] | None) -> None:
        """Remember that these cartridges, or all, were searched by words and meaning."""
        has = self._library.embedders.has
        opened = [mount.cartridge for mount in self._mounts(ids)]
        self._searched.update(one for one in opened if one and has(one.manifest.embedding_spec))

    def _mounts(self, ids: Sequence[str] | None) -> list[Mount]:
        return self._library.mounts() if ids is None else [self._library.mount(one) for one in ids]
