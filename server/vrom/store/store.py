"""A database of cartridges, as a library mounts it."""

from collections.abc import Sequence
from typing import Protocol

from vrom.format.read import Vectors
from vrom.search.features import Store
from vrom.store.shelf import Entry, StoredShelf


class CatalogueStore(Store, Protocol):
    """A store that knows what is loaded in it."""

    @property
    def problem(self) -> str:
        """Why the database can't be used, until it can again; empty if it can."""

    def catalogue(self) -> Sequence[Entry]:
        """What is loaded, as last seen; the same object as long as nothing changes.

        Raises `StoreError` as long as nothing was ever seen.
        """

    def centres(self, entry: Entry) -> Vectors:
        """Mean direction of each document's chunks: float32, (documents, dim). Raises `StoreError`."""

    def shelf(self, entry: Entry, *, name: str = "", locked: str | None = None) -> StoredShelf:
        """Shelf of an entry; `name` is what answers call it, if not its id."""
