"""Rows of a cartridge, from its arrays."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from pgvector import HalfVector, SparseVector

from vrom.errors import StoreError
from vrom.store.postgres.schema import DIMENSIONS, NON_ZERO

if TYPE_CHECKING:
    from vrom.index.cartridge import Cartridge
    from vrom.index.lexical.bm25 import Postings

Row = tuple[Any, ...]


def vector_rows(cartridge: "Cartridge") -> Iterator[Row]:
    """Chunk, section and vector."""
    sections = cartridge.outline.section_of.tolist()
    return ((i, sections[i], half(row)) for i, row in enumerate(cartridge.unit_vectors))


def document_rows(cartridge: "Cartridge") -> Iterator[Row]:
    """Document and the mean direction of its chunks."""
    return ((number, half(row)) for number, row in enumerate(cartridge.document_centres))


def word_rows(cartridge: "Cartridge") -> Iterator[Row]:
    """Chunk, section, document, BM25F numbers and pairs of words.

    Of a chunk with more different words than a sparse vector holds, the strongest are kept: its section has all.
    """
    lexical, outline = cartridge.lexical, cartridge.outline
    sections, documents = outline.section_of.tolist(), outline.document_of.tolist()
    words = _by_unit(lexical.chunks)
    pairs = _Grouped(_repeated(lexical.pair_starts), lexical.pair_chunks, None, len(sections))
    for i in range(len(sections)):
        yield i, sections[i], documents[i], strongest(*words.of(i)), strongest(*pairs.of(i))


def section_rows(cartridge: "Cartridge") -> Iterator[Row]:
    """Section, part and BM25F numbers."""
    words = _by_unit(cartridge.lexical.sections)
    for section in range(cartridge.outline.sections):
        yield from ((section, part, one) for part, one in parts(*words.of(section)))


def document_pair_rows(cartridge: "Cartridge") -> Iterator[Row]:
    """Document, part and the pairs of words that any of its chunks has."""
    lexical, outline = cartridge.lexical, cartridge.outline
    numbers = _repeated(lexical.pair_starts)
    owners = outline.document_of[lexical.pair_chunks].astype(np.int64)
    once = np.unique(owners * max(len(lexical.pairs), 1) + numbers)
    pairs = _Grouped(once % max(len(lexical.pairs), 1), once // max(len(lexical.pairs), 1), None, outline.documents)
    for document in range(outline.documents):
        yield from ((document, part, one) for part, one in parts(*pairs.of(document)))


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


class _Grouped:
    """Numbers and weights by unit, from postings in any order."""

    def __init__(
        self, numbers: NDArray[Any], units: NDArray[Any], weights: NDArray[np.float32] | None, count: int
    ) -> None:
        order = np.argsort(units, kind="stable")
        self._numbers = numbers[order]
        self._weights = np.ones(len(order), dtype=np.float32) if weights is None else weights[order]
        self._starts = np.searchsorted(units[order], np.arange(count + 1)).tolist()

    def of(self, unit: int) -> tuple[NDArray[Any], NDArray[np.float32]]:
        """Numbers, ascending, and weights of a unit."""
        part = slice(self._starts[unit], self._starts[unit + 1])
        return self._numbers[part], self._weights[part]


def _by_unit(postings: "Postings") -> _Grouped:
    return _Grouped(_repeated(postings.starts), postings.units, postings.weights, postings.count)


def _repeated(starts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Number of the list that each posting is in."""
    return np.repeat(np.arange(len(starts) - 1), np.diff(starts))


def half(row: NDArray[np.float32]) -> HalfVector:
    """A vector of half precision. Raises `StoreError` if it doesn't fit."""
    if len(row) > NON_ZERO or not (np.abs(row) < np.finfo(np.float16).max).all():
        raise StoreError(f"The vectors can't be stored with half precision: {len(row)} numbers, at most 65,504 each.")
    return HalfVector(row)


def sparse(numbers: NDArray[Any], weights: NDArray[np.float32]) -> SparseVector:
    """A sparse vector of these weights."""
    return SparseVector(dict(zip(numbers.tolist(), weights.tolist(), strict=True)), DIMENSIONS)


def strongest(numbers: NDArray[Any], weights: NDArray[np.float32]) -> SparseVector:
    """A sparse vector of the highest weights, as many as fit."""
    if len(numbers) > NON_ZERO:
        kept = np.argsort(-weights, kind="stable")[:NON_ZERO]
        numbers, weights = numbers[kept], weights[kept]
    return sparse(numbers, weights)


def parts(numbers: NDArray[Any], weights: NDArray[np.float32]) -> Iterator[tuple[int, SparseVector]]:
    """Sparse vectors that hold all of it, with their numbers; none if there is nothing."""
    for part, start in enumerate(range(0, len(numbers), NON_ZERO)):
        yield part, sparse(numbers[start : start + NON_ZERO], weights[start : start + NON_ZERO])
