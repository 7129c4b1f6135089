"""Candidates with their features, and word pieces, from rows of the database: each in one round trip."""

from collections.abc import Callable, Sequence
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from vrom.embedding.token_codes import WORDS
from vrom.errors import StoreError
from vrom.index.lexical.bm25 import Scores
from vrom.index.tokens import TokenIndex
from vrom.index.vectors import EverySimilarity
from vrom.search.features import Candidates, ShelfQuery, find_candidates
from vrom.search.lexical_candidates import WholeMatches
from vrom.search.query import TermWeights
from vrom.store.postgres.postings import WantedPostings
from vrom.store.postgres.statement import GATHER, PIECES
from vrom.store.shelf import StoredShelf

Read = Callable[[Sequence[StoredShelf], str, dict[str, Any]], list[tuple[Any, ...]]]
"""Rows of a statement about these shelves, with its parameters."""
_CHUNKS, _DOCUMENTS, _POSTINGS = range(3)
_ELEMENT = np.dtype([("length", ">i4"), ("value", ">f4")])
_HEADER = 20
"""Bytes before the elements of a binary array with one dimension; one without elements has fewer."""


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
        "cartridges": [shelf.entry.number for shelf in shelves],
        "vectors": vectors,
        "firsts": firsts,
        "lasts": lasts,
        "euclidean": [shelf.manifest.hnsw_config.metric == "Euclidean" for shelf in shelves],
        "of": [shelf.entry.number for shelf, _ in wanted],
        "kinds": [part.array for _, part in wanted],
        "starts": [part.start + 1 for _, part in wanted],
        "lengths": [part.length for _, part in wanted],
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
        compared.append(None if one.vector is None else EverySimilarity(*map(_numbers, arrays, sizes)))
    return find_candidates(asked, [WholeMatches(held, weights) for held in postings], compared)


def compare_pieces(read: Read, wanted: Sequence[tuple[Candidates, NDArray[np.int64]]]) -> list[Scores]:
    """Similarity of these chunks of each shelf to the query by word pieces, in order."""
    if not wanted:
        return []
    shelves = [cast("StoredShelf", one.cartridge) for one, _ in wanted]
    parameters = {
        "cartridges": [shelf.entry.number for shelf, (_, ids) in zip(shelves, wanted, strict=True) for _ in ids],
        "chunks": np.concatenate([ids for _, ids in wanted]).tolist(),
    }
    held: dict[int, bytes] = dict(read(shelves, PIECES, parameters))
    found, number = [], 1
    for shelf, (one, ids) in zip(shelves, wanted, strict=True):
        codes = [np.frombuffer(held.get(number + i, b""), dtype="<u8").reshape(-1, WORDS) for i in range(len(ids))]
        number += len(ids)
        starts = np.zeros(len(codes) + 1, dtype=np.int64)
        np.cumsum([len(code) for code in codes], out=starts[1:])
        assert one.tokens is not None
        assert shelf.piece_weights is not None
        index = TokenIndex(shelf.piece_weights, starts, np.concatenate(codes))
        found.append(index.compare(one.tokens, np.arange(len(ids))))
    return found


def _distinct(
    vectors: Sequence[NDArray[np.float32] | None],
) -> tuple[list[float], list[int | None], list[int | None]]:
    """Numbers of the different vectors, one after another, and where that of each shelf begins and ends, from 1.

    Most shelves are asked by the same one, which is sent once.
    """
    places: dict[bytes, tuple[int, int]] = {}
    numbers: list[float] = []
    extents: list[tuple[int, int] | tuple[None, None]] = []
    for vector in vectors:
        if vector is None:
            extents.append((None, None))
            continue
        key = vector.tobytes()
        if key not in places:
            places[key] = len(numbers) + 1, len(numbers) + len(vector)
            numbers += vector.tolist()
        extents.append(places[key])
    return numbers, [first for first, _ in extents], [last for _, last in extents]


def _numbers(array: bytes | None, count: int) -> NDArray[np.float32]:
    """Elements of a binary array of float4. Raises `StoreError` if there aren't so many, or one isn't a number."""
    held = np.frombuffer(array or b"", _ELEMENT, offset=min(_HEADER, len(array or b"")))["value"].astype(np.float32)
    if len(held) != count or not np.isfinite(held).all():
        raise StoreError("Vectors of a cartridge in the store are missing or damaged. Load it again.")
    return held
