"""Cartridges in Milvus, as a server reads them."""

import logging
import time
import zlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

import numpy as np
import orjson
from numpy.typing import NDArray

from vrom.errors import StoreError
from vrom.format.models import Manifest
from vrom.format.read import Vectors
from vrom.index.lexical.bm25 import Scores
from vrom.search.features import Candidates, ShelfQuery
from vrom.search.query import TermWeights
from vrom.store.database_store import compare_codes
from vrom.store.milvus.catalogue import ABOUT, COLUMNS, LIVE
from vrom.store.milvus.database import Database, Scored
from vrom.store.milvus.expressions import one_of
from vrom.store.milvus.gather import Asked, UnitScores, Way, gather
from vrom.store.milvus.rows import MANIFEST, PIECES, STATISTICS, TEXT, decode, dimensions_of, extended, sparse
from vrom.store.milvus.schema import (
    CATALOGUE,
    CONTENTS,
    PAIRS,
    WORDS,
    ensure_known,
    pair_dimensions,
    row_id,
    term_dimensions,
    vectors_of,
)
from vrom.store.shelf import Entry, StoredShelf

_log = logging.getLogger(__name__)

NEW_SECONDS = 30.0
"""Seconds after a server has first seen a version in which its rows are read with strong consistency: the bounded
one is 5 behind, unless its `gracefulTime` is changed."""
LOOK_SECONDS = 60.0
"""Seconds after which the catalogue is read though nothing says that it has changed: a load may have been killed."""
_PARTS = 200
"""Parts of statistics that are read at a time, 13 MB."""
_AT_ONCE = 500


class Milvus:
    """`vrom.store.database_store.Engine` over Milvus."""

    def __init__(self, database: Database, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.database = database
        self.breaker = database.breaker
        self._clock = clock
        self._change, self._next_look = "", float("-inf")
        self._seen: dict[int, float] = {}

    def close(self) -> None:
        """Close the connection."""
        self.database.close()

    def read_catalogue(self, known: Mapping[int, Entry]) -> Sequence[Entry] | None:
        """Entries that are loaded; None if they are those of the last time."""
        about = self._catalogue_rows(one_of("id", [ABOUT]))
        for row in about:
            ensure_known(row["number"])
        change = about[0]["digest"] if about else ""
        if change == self._change and self._clock() < self._next_look:
            return None
        rows = sorted(self._catalogue_rows(one_of("state", [LIVE])), key=lambda row: row["changed"])
        live = {row["id"]: row for row in rows}  # while a version is replaced both of its rows may be seen
        entries = [known.get(row["number"]) for row in live.values()]
        manifests = self._manifests([row for row, entry in zip(live.values(), entries, strict=True) if entry is None])
        found = [
            entry or _entry(row, manifests[row["number"]])
            for row, entry in zip(live.values(), entries, strict=True)
            if entry or row["number"] in manifests
        ]
        now = self._clock()
        self._seen = {entry.number: self._seen.get(entry.number, now) for entry in found}
        is_same = {entry.number for entry in found} == set(known) and bool(self._change)
        self._change, self._next_look = change, now + LOOK_SECONDS
        return None if is_same else sorted(found, key=lambda entry: entry.manifest.vrom_id)

    def _catalogue_rows(self, condition: str) -> list[dict[str, Any]]:
        return self.database.read_every_space(CATALOGUE, COLUMNS, condition, is_new=True)

    def _manifests(self, rows: Sequence[Mapping[str, Any]]) -> dict[int, bytes]:
        found: dict[int, bytes] = {}
        for start in range(0, len(rows), _AT_ONCE):
            some = rows[start : start + _AT_ONCE]
            numbers, spaces = [row["number"] for row in some], {row["space"] for row in some}
            condition = f"{one_of('cartridge', numbers)} and {one_of('kind', [MANIFEST])}"
            columns = ("cartridge", "part", "data")
            parts: dict[int, dict[int, str]] = {}
            for row in self.database.query(CONTENTS, columns, spaces, condition, is_new=True):
                parts.setdefault(row["cartridge"], {})[row["part"]] = row["data"]
            for number in numbers:
                if number in parts:
                    found[number] = decode(parts[number])
                else:
                    _log.error("The store lists a cartridge whose rows are missing: load it again.")
        return found

    def read_statistics(self, entry: Entry) -> bytes | None:
        """Packed statistics of a cartridge; None if it was taken out."""
        parts: dict[int, str] = {}
        while True:
            condition = f"part >= {len(parts)} and part < {len(parts) + _PARTS}"
            rows = self._contents([entry], STATISTICS, condition)
            parts |= {row["part"]: row["data"] for row in rows}
            if len(rows) < _PARTS:
                return decode(parts) if parts else None

    def read_centres(self, entry: Entry) -> Vectors:
        """Mean direction of each document's chunks: float32, (documents, dim)."""
        size = entry.manifest.embedding_spec.dimensions
        found: dict[int, Any] = {}
        while True:
            start = row_id(entry.number, len(found), is_whole=True)
            condition = f"{one_of('cartridge', [entry.number])} and id >= {start} and id < {start + _AT_ONCE}"
            columns, is_new = ("id", "vector"), self._is_new([entry])
            collection = vectors_of(dimensions_of(entry.manifest))
            rows = self.database.query(collection, columns, {entry.space}, condition, is_new=is_new)
            found |= {row["id"]: row["vector"][:size] for row in rows}
            if len(rows) < _AT_ONCE:
                return np.array([found[key] for key in sorted(found)], dtype=np.float32).reshape(-1, size)

    def read_texts(self, wanted: Sequence[tuple[Entry, int]]) -> Sequence[tuple[int, int, int, bytes]]:
        """Cartridge, document, chunk and its JSON, of these documents: in this order."""
        those = {(entry.number, document) for entry, document in wanted}
        parts: dict[tuple[int, int], dict[int, str]] = {}
        for row in self._contents([entry for entry, _ in wanted], TEXT, _units(wanted)):
            parts.setdefault((row["cartridge"], row["unit"]), {})[row["part"]] = row["data"]
        return [
            (*key, chunk, encoded)
            for key in sorted(those & set(parts))
            for chunk, encoded in _read_texts(decode(parts[key]))
        ]

    def _contents(self, entries: Sequence[Entry], kind: str, condition: str) -> list[dict[str, Any]]:
        numbers = sorted({entry.number for entry in entries})
        condition = f"{one_of('cartridge', numbers)} and {one_of('kind', [kind])} and {condition}"
        columns = ("cartridge", "unit", "part", "data")
        spaces = {entry.space for entry in entries}
        return self.database.query(CONTENTS, columns, spaces, condition, is_new=self._is_new(entries))

    def compare_pieces(self, wanted: Sequence[tuple[Candidates, NDArray[np.int64]]]) -> list[Scores]:
        """Similarity of these chunks of each shelf to the query by word pieces, in one round trip."""
        if not wanted:
            return []
        entries = [cast("StoredShelf", one.cartridge).entry for one, _ in wanted]
        parts: dict[tuple[int, int], dict[int, str]] = {}
        units = [(entry, chunk) for entry, (_, ids) in zip(entries, wanted, strict=True) for chunk in ids.tolist()]
        for row in self._contents(entries, PIECES, _units(units)):
            parts.setdefault((row["cartridge"], row["unit"]), {})[row["part"]] = row["data"]
        held = {key: decode(some) for key, some in parts.items()}
        return [
            compare_codes(one, [held.get((entry.number, chunk), b"") for chunk in ids.tolist()])
            for entry, (one, ids) in zip(entries, wanted, strict=True)
        ]

    def gather(self, asked: Sequence[ShelfQuery], weights: TermWeights) -> list[Candidates]:
        """Candidates of every shelf with their features.

        In one round trip; in up to four if the cartridges have more matching rows than one search returns.
        """
        shelves = {cast("StoredShelf", one.cartridge).entry.number: one for one in asked}
        entries = [cast("StoredShelf", one.cartridge).entry for one in asked]
        spaces, is_new = {entry.space for entry in entries}, self._is_new(entries)

        def search(collection: str, query: Any, limit: int, condition: str) -> Scored:
            return self.database.search(collection, query, limit, spaces, condition, is_new=is_new)

        words = Way(WORDS, _words(weights), self._unknown(shelves, by_section=True), is_sparse=True)
        pairs = Way(PAIRS, _pairs(weights), self._unknown(shelves, by_section=False), is_sparse=True)
        by_vector = {number: way for way in self._vector_ways(shelves) for number in way.scores}
        asked_for = [Asked(one, number, words, pairs, by_vector.get(number)) for number, one in shelves.items()]
        return gather(asked_for, weights, search, self.database.together)

    def _vector_ways(self, shelves: Mapping[int, ShelfQuery]) -> list[Way]:
        """A way for each vector that the query is in, of all cartridges that have it."""
        groups: dict[tuple[str, bytes], tuple[Any, dict[int, ShelfQuery]]] = {}
        for number, one in shelves.items():
            if one.vector is not None:
                metric = one.cartridge.manifest.hnsw_config.metric
                (vector,) = extended(one.vector[None], metric, 1)
                key = (vectors_of(len(vector)), vector.tobytes())
                groups.setdefault(key, (vector, {}))[1][number] = one
        return [
            Way(collection, vector, self._unknown(some, by_section=False), is_sparse=False)
            for (collection, _), (vector, some) in groups.items()
        ]

    def _unknown(self, shelves: Mapping[int, ShelfQuery], *, by_section: bool) -> dict[int, UnitScores]:
        found = {}
        for number, one in shelves.items():
            outline = cast("StoredShelf", one.cartridge).statistics.outline
            wholes = outline.sections if by_section else outline.documents
            found[number] = UnitScores(len(outline.section_of), wholes)
        return found

    def _is_new(self, entries: Sequence[Entry]) -> bool:
        now = self._clock()
        return any(now - self._seen.get(entry.number, now) < NEW_SECONDS for entry in entries)


def _words(weights: TermWeights) -> dict[int, float] | None:
    hashes = np.array([_hash(term) for term in weights.terms], dtype=np.uint32)
    return sparse(term_dimensions(hashes), np.array(list(weights.terms.values()))) or None


def _pairs(weights: TermWeights) -> dict[int, float] | None:
    first, second = (np.array([_hash(pair[i]) for pair in weights.pairs], dtype=np.uint32) for i in (0, 1))
    return sparse(pair_dimensions(first, second), np.array(list(weights.pairs.values()))) or None


def _units(wanted: Sequence[tuple[Entry, int]]) -> str:
    """Condition for these units of each cartridge."""
    units: dict[int, list[int]] = {}
    for entry, unit in wanted:
        units.setdefault(entry.number, []).append(unit)
    some = (f"(cartridge == {number} and {one_of('unit', of)})" for number, of in units.items())
    return f"({' or '.join(some)})"


def _hash(term: str) -> int:
    return zlib.crc32(term.encode("utf-8", "surrogatepass"))


def _read_texts(data: bytes) -> list[tuple[int, bytes]]:
    try:
        return [(int(chunk), text.encode()) for chunk, text in orjson.loads(data)]
    except (ValueError, TypeError, AttributeError) as error:
        raise StoreError("A document of a cartridge in the store can't be read. Load it again.") from error


def _entry(row: Mapping[str, Any], manifest: bytes) -> Entry:
    digest = row["digest"].partition(" ")[0]
    about = Manifest.model_validate(orjson.loads(manifest))
    return Entry(row["number"], row["space"], digest, about, row["chunks"], row["chance"])
