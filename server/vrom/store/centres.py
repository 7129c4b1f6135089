"""What the documents of a stored cartridge are about, for the choice among many."""

from typing import Protocol, runtime_checkable

from vrom.format.read import Vectors
from vrom.store.shelf import Entry


@runtime_checkable
class KnowsCentres(Protocol):
    """A store that gives the documents' centres; cartridges of one that doesn't are chosen by words alone."""

    def centres(self, entry: Entry) -> Vectors:
        """Mean direction of each document's chunks: float32, (documents, dim). Raises `StoreError`."""
