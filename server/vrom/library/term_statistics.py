"""Choice among many cartridges by what they contain: the term statistics of each, and how well they fit a query.

CORI, the inference network for selecting collections: Callan, Lu and Croft, "Searching Distributed Collections with
Inference Networks", SIGIR 1995. A cartridge is a collection, and its chunks are the documents.
"""

import math
import zlib
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from vrom.index.cartridge import Cartridge

_RARE, _LONG = 50, 150
"""CORI's constants: a term counts half in an average collection if this many documents hold it, added up."""


@dataclass(frozen=True)
class TermStatistics:
    """Number of a cartridge's chunks that contain each term; it stays in memory while the cartridge is closed."""

    hashes: NDArray[np.uint32]
    """CRC-32 of each term, ascending: uint32, (terms,)."""
    frequencies: NDArray[np.int32]
    """Number of chunks that contain it: int32, (terms,)."""
    words: int
    """Number of different words, added up over the chunks."""

    @classmethod
    def of(cls, cartridge: "Cartridge") -> "TermStatistics":
        """Copy the statistics of an open cartridge."""
        lexical = cartridge.lexical
        frequencies = np.diff(np.asarray(lexical.chunks.starts)).astype(np.int32)
        return cls(np.array(lexical.vocabulary.hashes), frequencies, len(lexical.chunks.units))

    def document_frequency(self, term_hash: int) -> int:
        """Number of chunks that contain a term, by its CRC-32; two terms with the same one are taken for one."""
        hashes = self.hashes.data
        at = bisect_left(hashes, term_hash)
        return int(self.frequencies[at]) if at < len(hashes) and hashes[at] == term_hash else 0


def beliefs(terms: Sequence[str], collections: Sequence[TermStatistics]) -> list[float]:
    """CORI's belief that each collection answers a query of these terms; 0 if it has none of them."""
    average = sum(one.words for one in collections) / max(1, len(collections)) or 1.0
    scores = [0.0] * len(collections)
    for term in terms:
        hashed = zlib.crc32(term.encode("utf-8", "surrogatepass"))
        frequencies = [one.document_frequency(hashed) for one in collections]
        holders = sum(map(bool, frequencies))
        if not holders:
            continue
        rarity = math.log((len(collections) + 0.5) / holders) / math.log(len(collections) + 1)
        for number, (one, frequency) in enumerate(zip(collections, frequencies, strict=True)):
            if frequency:
                scores[number] += rarity * frequency / (frequency + _RARE + _LONG * one.words / average)
    return scores
