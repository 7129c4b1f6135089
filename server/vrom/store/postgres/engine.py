"""Cartridges in PostgreSQL, as a server reads them."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

import numpy as np
import orjson
from numpy.typing import NDArray

from vrom.format.models import Manifest
from vrom.format.read import Vectors
from vrom.index.lexical.bm25 import Scores
from vrom.search.features import Candidates, ShelfQuery
from vrom.search.query import TermWeights
from vrom.store.postgres.arrays import Numbers
from vrom.store.postgres.database import Database
from vrom.store.postgres.gather import compare_pieces, gather
from vrom.store.postgres.schema import ensure_known
from vrom.store.shelf import Entry, StoredShelf

_CHANGES = "SELECT a.version, a.changes, s.number, s.name FROM vrom.about a LEFT JOIN vrom.spaces s ON true"
_CATALOGUE = """
SELECT number, space, digest, manifest, chunks, chance FROM vrom.cartridges
WHERE retired IS NULL AND space = ANY (%(spaces)s::int[]) ORDER BY id, loaded, number
"""
_STATISTICS = "SELECT arrays FROM vrom.statistics WHERE cartridge = %(cartridge)s AND space = ANY (%(spaces)s::int[])"
_CENTRES = """
SELECT centre::real[] FROM vrom.documents
WHERE cartridge = %(cartridge)s AND space = ANY (%(spaces)s::int[]) ORDER BY document
"""
_TEXTS = """
SELECT t.cartridge, t.document, t.chunk, t.json
FROM unnest(%(cartridges)s::int[], %(documents)s::int[]) AS wanted (cartridge, document)
JOIN vrom.texts t ON t.cartridge = wanted.cartridge AND t.document = wanted.document
WHERE t.space = ANY (%(spaces)s::int[]) ORDER BY 1, 2, 3
"""


class Postgres:
    """`vrom.store.database_store.Engine` over PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.breaker = database.breaker
        self._changes = -1
        self._spaces: dict[str, int] = {}

    def close(self) -> None:
        """Close all connections."""
        self.database.close()

    def read_catalogue(self, known: Mapping[int, Entry]) -> Sequence[Entry] | None:
        """Entries that are loaded; None if they are those of the last time."""
        found = self.database.read(_CHANGES, {}, [])
        if not found or found[0][1] == self._changes:
            return None
        ensure_known(found[0][0])
        self._spaces = {name: number for _, _, number, name in found if name is not None}
        names = {number: name for name, number in self._spaces.items()}
        rows = self.database.read(_CATALOGUE, {}, list(names))
        entries = [known.get(row[0]) or _entry(row, names[row[1]]) for row in rows]
        self._changes = found[0][1]
        return entries

    def read_statistics(self, entry: Entry) -> bytes | None:
        """Packed statistics of a cartridge; None if it was taken out."""
        rows = self.database.read(_STATISTICS, {"cartridge": entry.number}, self._space(entry))
        return rows[0][0] if rows else None

    def read_centres(self, entry: Entry) -> Vectors:
        """Mean direction of each document's chunks: float32, (documents, dim)."""
        found = self.database.read(_CENTRES, {"cartridge": entry.number}, self._space(entry))
        rows = [row for (row,) in found]
        return np.array(rows, dtype=np.float32) if rows else np.zeros((0, 1), dtype=np.float32)

    def read_texts(self, wanted: Sequence[tuple[Entry, int]]) -> Sequence[tuple[int, int, int, bytes]]:
        """Cartridge, document, chunk and its JSON, of these documents: in this order."""
        parameters = {
            "cartridges": Numbers([entry.number for entry, _ in wanted]),
            "documents": Numbers([document for _, document in wanted]),
        }
        rows = self.database.read(_TEXTS, parameters, self._space(*(entry for entry, _ in wanted)))
        return cast("Sequence[tuple[int, int, int, bytes]]", rows)

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
