"""Cartridges of a database as a server reads them, whichever engine it is: catalogue, caches, and candidates."""

import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby
from typing import Protocol, cast

import numpy as np
from numpy.typing import NDArray

from vrom.embedding.token_codes import WORDS
from vrom.errors import StoreError, StoreUnavailableError
from vrom.format.models import Chunk
from vrom.format.read import Vectors
from vrom.index.lexical.bm25 import Scores
from vrom.index.tokens import TokenIndex
from vrom.search.features import Candidates, ShelfQuery
from vrom.search.hits import Hit
from vrom.search.query import TermWeights
from vrom.store.breaker import UNREACHABLE, Breaker
from vrom.store.recent import Recent
from vrom.store.shelf import Entry, StoredShelf, decode_chunk
from vrom.store.statistics import Statistics

CATALOGUE_SECONDS = 1.0
"""Least seconds between two looks at what is loaded."""
STATISTICS_BYTES = 512_000_000
DOCUMENT_BYTES = 64_000_000


class Engine(Protocol):
    """A database with rows of cartridges. Its methods raise `StoreError` if it can't be used."""

    breaker: Breaker

    def read_catalogue(self, known: Mapping[int, Entry]) -> Sequence[Entry] | None:
        """Entries that are loaded; None if they are those of the last time. Those in `known` needn't be read again."""

    def read_statistics(self, entry: Entry) -> bytes | None:
        """Packed statistics of a cartridge; None if it was taken out."""

    def read_centres(self, entry: Entry) -> Vectors:
        """Mean direction of each document's chunks: float32, (documents, dim)."""

    def read_texts(self, wanted: Sequence[tuple[Entry, int]]) -> Iterable[tuple[int, int, int, bytes]]:
        """Cartridge, document, chunk and its JSON, of these documents: in this order."""

    def gather(self, asked: Sequence[ShelfQuery], weights: TermWeights) -> list[Candidates]:
        """Candidates of every shelf with their features, in order."""

    def compare_pieces(self, wanted: Sequence[tuple[Candidates, NDArray[np.int64]]]) -> list[Scores]:
        """Similarity of these chunks of each shelf to the query by word pieces, in order."""

    def close(self) -> None:
        """Close all connections."""


class DatabaseStore:
    """Catalogue, candidates and documents of the cartridges in a database."""

    def __init__(self, engine: Engine, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.engine = engine
        self._clock = clock
        self._next_look = float("-inf")
        self._looking = threading.Lock()
        self._has_looked = False
        self._failure: StoreError = StoreUnavailableError(UNREACHABLE)
        self._entries: Sequence[Entry] | None = None
        self._statistics = Recent[int, Statistics](STATISTICS_BYTES)
        self._documents = Recent[tuple[int, int], dict[int, Chunk]](DOCUMENT_BYTES)

    @property
    def problem(self) -> str:
        """Why the database can't be used, until it can again; empty if it can."""
        return self.engine.breaker.problem

    def catalogue(self) -> Sequence[Entry]:
        """Entries that are loaded, as last seen; a thread looks again after `CATALOGUE_SECONDS`, so that nobody waits.

        The first call waits. Raises `StoreError` as long as nothing was ever seen.
        """
        if not self._has_looked:
            self._has_looked = True
            self._look()
        elif self._clock() >= self._next_look and self._looking.acquire(blocking=False):
            threading.Thread(target=self._look_again, name="vrom-catalogue", daemon=True).start()
        if self._entries is None:
            raise self._failure
        return self._entries

    def look(self) -> None:
        """Read the catalogue if it has changed.

        Raises `StoreUnavailableError` if the database can't be reached, `StoreError` if its tables are of no known
        version.
        """
        self._next_look = self._clock() + CATALOGUE_SECONDS
        found = self.engine.read_catalogue({entry.number: entry for entry in self._entries or ()})
        if found is not None:
            self._entries = found

    def _look_again(self) -> None:
        try:
            self._look()
        finally:
            self._looking.release()

    def _look(self) -> None:
        try:
            self.look()
        except StoreError as error:
            self._failure = error

    def shelf(self, entry: Entry, *, name: str = "", locked: str | None = None) -> StoredShelf:
        """Shelf of an entry; `name` is what answers call it, if not its id."""
        return StoredShelf(entry, self, name=name, locked=locked)

    def statistics(self, entry: Entry) -> Statistics:
        """Statistics of a cartridge, from the cache if possible."""
        found = self._statistics.get(entry.number)
        if found is None:
            packed = self.engine.read_statistics(entry)
            if packed is None:
                raise StoreError(f"{entry.manifest.vrom_id!r} was taken out of the store. Ask again.")
            found = Statistics.of(packed, entry.chunks)
            self._statistics.put(entry.number, found, found.size)
        return found

    def centres(self, entry: Entry) -> Vectors:
        """Mean direction of each document's chunks: float32, (documents, dim)."""
        return self.engine.read_centres(entry)

    def document(self, entry: Entry, document: int) -> Mapping[int, Chunk]:
        """Chunks of a document by their ids, from the cache if possible."""
        found = self._documents.get((entry.number, document))
        if found is None:
            found = self._read_documents([(entry, document)]).get((entry.number, document), {})
        return found

    def read_ahead(self, hits: Sequence[Hit]) -> None:
        """Read the documents of these hits in one round trip."""
        shelves = [(cast("StoredShelf", hit.cartridge), hit.chunk_id) for hit in hits]
        wanted = dict.fromkeys((shelf.entry, shelf.document_of(chunk_id)) for shelf, chunk_id in shelves)
        missing = [one for one in wanted if self._documents.get((one[0].number, one[1])) is None]
        if missing:
            self._read_documents(missing)

    def _read_documents(self, wanted: Sequence[tuple[Entry, int]]) -> dict[tuple[int, int], dict[int, Chunk]]:
        found: dict[tuple[int, int], dict[int, Chunk]] = {}
        for key, lines in groupby(self.engine.read_texts(wanted), key=lambda row: (row[0], row[1])):
            held = list(lines)
            found[key] = {chunk: decode_chunk(chunk, encoded) for _, _, chunk, encoded in held}
            self._documents.put(key, found[key], sum(len(encoded) for _, _, _, encoded in held))
        return found

    def gather(self, asked: Sequence[ShelfQuery], weights: TermWeights) -> list[Candidates]:
        """Candidates of every shelf with their features, in order."""
        return self.engine.gather(asked, weights)

    def compare_pieces(self, wanted: Sequence[tuple[Candidates, NDArray[np.int64]]]) -> list[Scores]:
        """Similarity of these chunks of each shelf to the query by word pieces, in order."""
        return self.engine.compare_pieces(wanted)


def compare_codes(one: Candidates, encoded: Sequence[bytes]) -> Scores:
    """Similarity of chunks to the query by word pieces, from the bits of each chunk's, which may be empty."""
    shelf = cast("StoredShelf", one.cartridge)
    codes = [np.frombuffer(bits, dtype="<u8").reshape(-1, WORDS) for bits in encoded]
    starts = np.zeros(len(codes) + 1, dtype=np.int64)
    np.cumsum([len(code) for code in codes], out=starts[1:])
    assert one.tokens is not None
    assert shelf.piece_weights is not None
    return TokenIndex(shelf.piece_weights, starts, np.concatenate(codes)).compare(one.tokens, np.arange(len(codes)))
