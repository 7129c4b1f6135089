"""Rows of a cartridge, from its arrays, and the texts that stand for bytes."""

import base64
import binascii
import zlib
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson
from numpy.typing import NDArray

from vrom.errors import StoreError
from vrom.store.milvus.schema import (
    PAIRS,
    PART,
    UNITS,
    WORDS,
    pair_dimensions,
    row_id,
    term_dimensions,
    vectors_of,
)
from vrom.store.milvus.sparse_rows import Grouped, pairs_by_chunk, pairs_by_document, words_by_chunk, words_by_section
from vrom.store.statistics import pack, statistics_arrays

if TYPE_CHECKING:
    from vrom.format.models import Manifest, Metric
    from vrom.index.cartridge import Cartridge

Row = dict[str, Any]
TEXT, PIECES, STATISTICS, MANIFEST = "text", "pieces", "statistics", "manifest"
"""Kinds of contents: by document, by chunk, and of the whole."""


def dimensions_of(manifest: "Manifest") -> int:
    """Numbers of a stored vector."""
    return manifest.embedding_spec.dimensions + (manifest.hnsw_config.metric == "Euclidean")


def extended(vectors: NDArray[np.float32], metric: "Metric", last: "NDArray[Any] | float") -> NDArray[np.float32]:
    """Vectors with one number more if the metric is Euclidean: `last`. Other metrics are inner products as they are.

    `1 - distance² / 2` of a row to a query of unit length is their product plus (1 - length²) / 2 of the row. So with
    this number in the row, and 1 in the query, it is an inner product as well.
    """
    if metric != "Euclidean":
        return vectors
    column = np.broadcast_to(np.asarray(last, dtype=np.float32), (len(vectors),))
    return np.column_stack([vectors, column]).astype(np.float32)


def rows_of(cartridge: "Cartridge", number: int, space: str) -> Iterator[tuple[str, Row]]:
    """Collection and row of everything that is loaded of a cartridge. Raises `StoreError` if it doesn't fit."""
    outline = cartridge.outline
    if max(cartridge.size, outline.sections, outline.documents) >= UNITS:
        raise StoreError(f"A cartridge in Milvus has at most {UNITS - 1:,} chunks.")
    about = {"cartridge": number, "space": space}
    hashes = np.asarray(cartridge.lexical.vocabulary.hashes)
    pairs = np.asarray(cartridge.lexical.pairs).astype(np.int64)
    words, neighbours = (
        term_dimensions(hashes),
        pair_dimensions(hashes[pairs >> 32], hashes[pairs & 0xFFFFFFFF]),
    )
    for collection, dimensions, by_chunk, by_whole in (
        (WORDS, words, words_by_chunk(cartridge), words_by_section(cartridge)),
        (PAIRS, neighbours, pairs_by_chunk(cartridge), pairs_by_document(cartridge)),
    ):
        for is_whole, units in ((False, by_chunk), (True, by_whole)):
            for unit, vector in _sparse(units, dimensions):
                yield collection, {"id": row_id(number, unit, is_whole=is_whole), **about, "vector": vector}
    metric, vectors = cartridge.manifest.hnsw_config.metric, cartridge.unit_vectors
    lengths = np.einsum("ij,ij->i", vectors, vectors)
    collection = vectors_of(dimensions_of(cartridge.manifest))
    for is_whole, stored in (
        (False, extended(vectors, metric, (1 - lengths) / 2)),
        (True, extended(cartridge.document_centres, metric, 0)),
    ):
        for unit, row in enumerate(stored):
            yield collection, {"id": row_id(number, unit, is_whole=is_whole), **about, "vector": row}


def contents_of(cartridge: "Cartridge", number: int, space: str, manifest: bytes) -> Iterator[Row]:
    """Rows of texts, word pieces, statistics and the manifest."""
    for kind, unit, data in _contents(cartridge, manifest):
        for part, text in enumerate(encode(data)):
            yield {
                "id": f"{number}.{kind}.{unit}.{part}", "cartridge": number, "space": space,
                "kind": kind, "unit": unit, "part": part, "data": text, "vector": [0.0, 1.0],
            }  # fmt: skip


def _contents(cartridge: "Cartridge", manifest: bytes) -> Iterator[tuple[str, int, bytes]]:
    yield MANIFEST, 0, manifest
    yield STATISTICS, 0, pack(statistics_arrays(cartridge))
    documents = cartridge.outline.document_of
    order = np.argsort(documents, kind="stable").tolist()
    for document, chunks in groupby(order, key=lambda i: int(documents[i])):
        yield TEXT, document, orjson.dumps([[i, cartridge.chunks.json(i).decode()] for i in chunks])
    if cartridge.tokens is not None:
        starts, codes = cartridge.tokens.starts.tolist(), cartridge.tokens.codes
        for i in range(len(starts) - 1):
            yield PIECES, i, np.ascontiguousarray(codes[starts[i] : starts[i + 1]]).astype("<u8").tobytes()


def _sparse(units: Grouped, dimensions: NDArray[np.int64]) -> Iterator[tuple[int, dict[int, float]]]:
    """Unit and sparse vector of every unit that has anything."""
    for unit in range(len(units)):
        numbers, weights = units.of(unit)
        if len(numbers):
            yield unit, sparse(dimensions[numbers], weights)


def sparse(dimensions: NDArray[np.int64], weights: NDArray[Any]) -> dict[int, float]:
    """A sparse vector; the weights of what has the same dimension are added up."""
    found = dict(zip(dimensions.tolist(), weights.tolist(), strict=True))
    if len(found) < len(dimensions):
        once, where = np.unique(dimensions, return_inverse=True)
        found = dict(zip(once.tolist(), np.bincount(where, weights).tolist(), strict=True))
    return found


def encode(data: bytes) -> Sequence[str]:
    """Bytes as texts, compressed: Milvus has no field of bytes."""
    text = base64.b64encode(zlib.compress(data)).decode()
    return [text[start : start + PART] for start in range(0, len(text), PART)]


def decode(parts: Mapping[int, str]) -> bytes:
    """Bytes from their parts by number. Raises `StoreError` if one is missing or damaged."""
    try:
        return zlib.decompress(base64.b64decode("".join(parts[i] for i in range(len(parts))), validate=True))
    except (KeyError, ValueError, binascii.Error, zlib.error) as error:
        raise StoreError("Contents of a cartridge in the store can't be read. Load it again.") from error
