"""Candidates with their features, and word pieces, from rows of the database: each in one round trip."""

from collections.abc import Callable, Sequence
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from vrom.index.dense.similarity import EverySimilarity
from vrom.index.lexical.bm25 import Scores
from vrom.search.features import Candidates, ShelfQuery, find_candidates
from vrom.search.lexical_candidates import WholeMatches
from vrom.search.query import TermWeights
from vrom.store.database_store import compare_codes
from vrom.store.postgres.arrays import Numbers, decode_numbers
from vrom.store.postgres.postings import WantedPostings
from vrom.store.postgres.statement import GATHER, PIECES
from vrom.store.shelf import StoredShelf

Read = Callable[[Sequence[StoredShelf], str, dict[str, Any]], list[tuple[Any, ...]]]
"""Rows of a statement about these shelves, with its parameters."""
_CHUNKS, _DOCUMENTS, _POSTINGS = range(3)


def gather(read: Read, asked: Sequence[ShelfQuery], weights: TermWeights) -> list[Candidates]:
    """Candidates of every shelf with their features, in order.

    The database compares every vector and returns the similarities, and the postings of the query's terms; what is
    made of them is the same as with local cartridges. Raises `StoreError` if rows are missing.
    """
    shelves = [cast("StoredShelf", one.cartridge) for one in asked]
    postings = [WantedPostings(shelf.statistics, weights) for shelf in shelves]
    wanted = [(shelf, part) for shelf, held in zip(shelves, postings, strict=True) for part in held.parts]
    vectors, firsts, lasts = _distinct([one.vector for one in asked])
    parameters = {
        "cartridges": Numbers([shelf.entry.number for shelf in shelves]),
        "vectors": Numbers(vectors, "f"),
        "firsts": Numbers(firsts),
        "lasts": Numbers(lasts),
        "euclidean": Numbers([shelf.manifest.hnsw_config.metric == "Euclidean" for shelf in shelves]),
        "of": Numbers([shelf.entry.number for shelf, _ in wanted]),
        "kinds": Numbers([part.array for _, part in wanted]),
        "starts": Numbers([part.start + 1 for _, part in wanted]),
        "lengths": Numbers([part.length for _, part in wanted]),
    }
    found = {(kind, number - 1): held for kind, number, held in read(shelves, GATHER, parameters)}
    number = 0
    for held in postings:
        held.fill([found.get((_POSTINGS, number + i), b"") for i in range(len(held.parts))])
        number += len(held.parts)
    compared: list[EverySimilarity | None] = []
    for i, (one, shelf) in enumerate(zip(asked, shelves, strict=True)):
        arrays = found.get((_CHUNKS, i)), found.get((_DOCUMENTS, i))
        sizes = shelf.size, shelf.outline.documents
        compared.append(None if one.vector is None else EverySimilarity(*map(decode_numbers, arrays, sizes)))
    return find_candidates(asked, [WholeMatches(held, weights) for held in postings], compared)


def compare_pieces(read: Read, wanted: Sequence[tuple[Candidates, NDArray[np.int64]]]) -> list[Scores]:
    """Similarity of these chunks of each shelf to the query by word pieces, in order."""
    if not wanted:
        return []
    shelves = [cast("StoredShelf", one.cartridge) for one, _ in wanted]
    parameters = {
        "cartridges": Numbers([s.entry.number for s, (_, ids) in zip(shelves, wanted, strict=True) for _ in ids]),
        "chunks": Numbers(np.concatenate([ids for _, ids in wanted])),
    }
    held: dict[int, bytes] = dict(read(shelves, PIECES, parameters))
    found, number = [], 1
    for one, ids in wanted:
        found.append(compare_codes(one, [held.get(number + i, b"") for i in range(len(ids))]))
        number += len(ids)
    return found


def _distinct(vectors: Sequence[NDArray[np.float32] | None]) -> tuple[NDArray[np.float32], list[int], list[int]]:
    """The different vectors, one after another, and where that of each shelf begins and ends, from 1; 0 for none.

    Most shelves are asked by the same one, which is sent once.
    """
    places: dict[bytes, tuple[int, int]] = {}
    different: list[NDArray[np.float32]] = []
    extents = []
    size = 0
    for vector in vectors:
        key = b"" if vector is None else vector.tobytes()
        if vector is not None and key not in places:
            places[key] = size + 1, size + len(vector)
            different.append(vector)
            size += len(vector)
        extents.append(places.get(key, (0, 0)))
    joined = np.concatenate(different) if different else np.zeros(0, dtype=np.float32)
    return joined, [first for first, _ in extents], [last for _, last in extents]
