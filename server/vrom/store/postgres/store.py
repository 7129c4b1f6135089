"""Cartridges in PostgreSQL, as a server reads them."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from typing import Any, Generic, TypeVar, cast

import numpy as np
import orjson
from numpy.typing import NDArray

from vrom.errors import StoreError, StoreUnavailableError
from vrom.format.models import Chunk, Manifest
from vrom.format.read import Vectors
from vrom.index.lexical.bm25 import Scores
from vrom.search.features import Candidates, ShelfQuery
from vrom.search.hits import Hit
from vrom.search.query import TermWeights
from vrom.store.postgres.arrays import Numbers
from vrom.store.postgres.centres import read_centres
from vrom.store.postgres.database import UNREACHABLE, Database
from vrom.store.postgres.gather import compare_pieces, gather
from vrom.store.postgres.schema import ensure_known
from vrom.store.shelf import Entry, StoredShelf, decode_chunk
from vrom.store.statistics import Statistics

K = TypeVar("K")
V = TypeVar("V")

CATALOGUE_SECONDS = 1.0
"""Least seconds between two looks at what is loaded."""
STATISTICS_BYTES = 512_000_000
DOCUMENT_BYTES = 64_000_000

_CHANGES = "SELECT a.version, a.changes, s.number, s.name FROM vrom.about a LEFT JOIN vrom.spaces s ON true"
_CATALOGUE = """
SELECT number, space, digest, manifest, chunks, chance FROM vrom.cartridges
WHERE retired IS NULL AND space = ANY (%(spaces)s::int[]) ORDER BY id, loaded, number
"""
_STATISTICS = "SELECT arrays FROM vrom.statistics WHERE cartridge = %(cartridge)s AND space = ANY (%(spaces)s::int[])"
_TEXTS = """
SELECT t.cartridge, t.document, t.chunk, t.json
FROM unnest(%(cartridges)s::int[], %(documents)s::int[]) AS wanted (cartridge, document)
JOIN vrom.texts t ON t.cartridge = wanted.cartridge AND t.document = wanted.document
WHERE t.space = ANY (%(spaces)s::int[]) ORDER BY 1, 2, 3
"""


class PostgresStore:
    """Catalogue, candidates and documents of the cartridges in a database."""

    def __init__(self, database: Database, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.database = database
        self._clock = clock
        self._next_look = float("-inf")
        self._looking = threading.Lock()
        self._has_looked = False
        self._failure: StoreError = StoreUnavailableError(UNREACHABLE)
        self._changes = -1
        self._entries: list[Entry] = []
        self._spaces: dict[str, int] = {}
        self._statistics = _Recent[int, Statistics](STATISTICS_BYTES)
        self._documents = _Recent[tuple[int, int], dict[int, Chunk]](DOCUMENT_BYTES)

    @property
    def problem(self) -> str:
        """Why the database can't be used, until it can again; empty if it can."""
        return self.database.problem

    def catalogue(self) -> Sequence[Entry]:
        """What is loaded, as last seen; a thread looks again after `CATALOGUE_SECONDS`, so that nobody waits for it.

        The first call waits. Raises `StoreError` as long as nothing was ever seen.
        """
        if not self._has_looked:
            self._has_looked = True
            self._look()
        elif self._clock() >= self._next_look and self._looking.acquire(blocking=False):
            threading.Thread(target=self._look_again, name="vrom-catalogue", daemon=True).start()
        if self._changes < 0:
            raise self._failure
        return self._entries

    def look(self) -> None:
        """Read the catalogue if it has changed.

        Raises `StoreUnavailableError` if the database can't be reached, `StoreError` if its tables are of no known
        version.
        """
        self._next_look = self._clock() + CATALOGUE_SECONDS
        found = self.database.read(_CHANGES, {}, [])
        if found and found[0][1] != self._changes:
            ensure_known(found[0][0])
            self._spaces = {name: number for _, _, number, name in found if name is not None}
            names = {number: name for name, number in self._spaces.items()}
            rows = self.database.read(_CATALOGUE, {}, list(names))
            known = {entry.number: entry for entry in self._entries}
            self._entries = [known.get(row[0]) or _entry(row, names[row[1]]) for row in rows]
            self._changes = found[0][1]

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
            rows = self.database.read(_STATISTICS, {"cartridge": entry.number}, self._space(entry))
            if not rows:
                raise StoreError(f"{entry.manifest.vrom_id!r} was taken out of the store. Ask again.")
            found = Statistics.of(rows[0][0], entry.chunks)
            self._statistics.put(entry.number, found, found.size)
        return found

    def centres(self, entry: Entry) -> Vectors:
        """Mean direction of each document's chunks: float32, (documents, dim)."""
        return read_centres(self.database, entry.number, self._space(entry))

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
        parameters = {
            "cartridges": Numbers([entry.number for entry, _ in wanted]),
            "documents": Numbers([document for _, document in wanted]),
        }
        rows = self.database.read(_TEXTS, parameters, self._space(*(entry for entry, _ in wanted)))
        found: dict[tuple[int, int], dict[int, Chunk]] = {}
        for key, lines in groupby(rows, key=lambda row: (row[0], row[1])):
            held = list(lines)
            found[key] = {chunk: decode_chunk(chunk, encoded) for _, _, chunk, encoded in held}
            self._documents.put(key, found[key], sum(len(encoded) for _, _, _, encoded in held))
        return found

    def gather(self, asked: Sequence[ShelfQuery], weights: TermWeights) -> list[Candidates]:
        """Candidates of every shelf with their features, in one round trip."""
        return gather(self._read_of, asked, weights)

    def compare_pieces(self, wanted: Sequence[tuple[Candidates, NDArray[np.int64]]]) -> list[Scores]:
        """Similarity of these chunks of each shelf to the query by word pieces, in one round trip."""
        return compare_pieces(self._read_of, wanted)

    def _read_of(
        self, shelves: Sequence[StoredShelf], statement: str, parameters: dict[str, Any]
    ) -> list[tuple[Any, ...]]:
        return self.database.read(statement, parameters, self._space(*(shelf.entry for shelf in shelves)))

    def _space(self, *entries: Entry) -> list[int]:
        """Numbers of the spaces of these entries, which the caller was given because it sees them."""
        return sorted({self._spaces[entry.space] for entry in entries})


def _entry(row: tuple[Any, ...], space: str) -> Entry:
    number, _, digest, manifest, chunks, chance = row
    return Entry(number, space, digest, Manifest.model_validate(orjson.loads(manifest)), chunks, chance)


class _Recent(Generic[K, V]):
    """The most recently used values, up to a number of bytes; the last one always stays."""

    def __init__(self, size: int) -> None:
        self._size, self._held = size, 0
        self._values: OrderedDict[K, tuple[V, int]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: K) -> V | None:
        with self._lock:
            if key not in self._values:
                return None
            self._values.move_to_end(key)
            return self._values[key][0]

    def put(self, key: K, value: V, size: int) -> None:
        with self._lock:
            self._held += size - self._values.pop(key, (value, 0))[1]
            self._values[key] = value, size
            while self._held > self._size and len(self._values) > 1:
                self._held -= self._values.popitem(last=False)[1][1]
