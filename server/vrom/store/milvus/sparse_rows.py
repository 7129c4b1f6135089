"""Words and pairs of words of a cartridge by chunk, section and document: the sparse vectors of a database."""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from vrom.index.cartridge import Cartridge
    from vrom.index.lexical.bm25 import Postings


class Grouped:
    """Numbers and weights by unit, from postings in any order."""

    def __init__(
        self, numbers: NDArray[Any], units: NDArray[Any], weights: NDArray[np.float32] | None, count: int
    ) -> None:
        order = np.argsort(units, kind="stable")
        self._numbers = numbers[order]
        self._weights = np.ones(len(order), dtype=np.float32) if weights is None else weights[order]
        self._starts = np.searchsorted(units[order], np.arange(count + 1)).tolist()

    def __len__(self) -> int:
        return len(self._starts) - 1

    def of(self, unit: int) -> tuple[NDArray[Any], NDArray[np.float32]]:
        """Numbers, ascending, and weights of a unit."""
        part = slice(self._starts[unit], self._starts[unit + 1])
        return self._numbers[part], self._weights[part]


def words_by_chunk(cartridge: "Cartridge") -> Grouped:
    """BM25F numbers of each chunk's terms."""
    return _by_unit(cartridge.lexical.chunks)


def words_by_section(cartridge: "Cartridge") -> Grouped:
    """BM25F numbers of each section's terms."""
    return _by_unit(cartridge.lexical.sections)


def pairs_by_chunk(cartridge: "Cartridge") -> Grouped:
    """Pairs of words that each chunk has, with the weight 1."""
    lexical = cartridge.lexical
    chunks = len(cartridge.outline.section_of)
    return Grouped(_repeated(lexical.pair_starts), lexical.pair_chunks, None, chunks)


def pairs_by_document(cartridge: "Cartridge") -> Grouped:
    """Pairs of words that any chunk of each document has, with the weight 1."""
    lexical, outline = cartridge.lexical, cartridge.outline
    numbers, kinds = _repeated(lexical.pair_starts), max(len(lexical.pairs), 1)
    once = np.unique(outline.document_of[lexical.pair_chunks].astype(np.int64) * kinds + numbers)
    return Grouped(once % kinds, once // kinds, None, outline.documents)


def _by_unit(postings: "Postings") -> Grouped:
    return Grouped(_repeated(postings.starts), postings.units, postings.weights, postings.count)


def _repeated(starts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Number of the list that each posting is in."""
    return np.repeat(np.arange(len(starts) - 1), np.diff(starts))
