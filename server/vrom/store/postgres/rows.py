"""Rows of a cartridge, from its arrays."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from pgvector import HalfVector

from vrom.errors import StoreError
from vrom.store.postgres.postings import packed_postings
from vrom.store.postgres.schema import MOST_DIMENSIONS

if TYPE_CHECKING:
    from vrom.index.cartridge import Cartridge

Row = tuple[Any, ...]


def vector_rows(cartridge: "Cartridge") -> Iterator[Row]:
    """Chunk and vector."""
    return ((i, half(row)) for i, row in enumerate(cartridge.unit_vectors))


def document_rows(cartridge: "Cartridge") -> Iterator[Row]:
    """Document and the mean direction of its chunks."""
    return ((number, half(row)) for number, row in enumerate(cartridge.document_centres))


def posting_rows(cartridge: "Cartridge") -> Iterator[Row]:
    """Arrays of postings, in one row."""
    yield packed_postings(cartridge.lexical)


def text_rows(cartridge: "Cartridge") -> Iterator[Row]:
    """Document, chunk and its JSON, by document."""
    documents = cartridge.outline.document_of
    return ((int(documents[i]), i, cartridge.chunks.json(i)) for i in np.argsort(documents, kind="stable").tolist())


def piece_rows(cartridge: "Cartridge") -> Iterator[Row]:
    """Chunk and the bits of its word pieces; none if the package has no word pieces."""
    if cartridge.tokens is None:
        return
    starts = cartridge.tokens.starts.tolist()
    for i in range(len(starts) - 1):
        yield i, np.ascontiguousarray(cartridge.tokens.codes[starts[i] : starts[i + 1]]).astype("<u8").tobytes()


def half(row: NDArray[np.float32]) -> HalfVector:
    """A vector of half precision. Raises `StoreError` if it doesn't fit."""
    if len(row) > MOST_DIMENSIONS or not (np.abs(row) < np.finfo(np.float16).max).all():
        raise StoreError(f"The vectors can't be stored with half precision: {len(row)} numbers, at most 65,504 each.")
    return HalfVector(row)
