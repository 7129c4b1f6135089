"""Postings of a query's terms in one cartridge, out of the arrays that the database has of all of them.

The database has three arrays of a cartridge, and reads parts of them without the rest: `terms` and `sections` have, of
each term, the chunks or sections that contain it, int32, then its weight in each, float32; `pairs` has the chunks of
each pair of neighbouring words, int32. Where the part of a term begins is known from its statistics.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from vrom.errors import StoreError
from vrom.index.lexical.bm25 import Scores, check_ids, sum_pairs, sum_postings

if TYPE_CHECKING:
    from vrom.index.lexical.bm25 import LexicalIndex, Postings
    from vrom.index.outline import Outline
    from vrom.search.query import TermWeights
    from vrom.store.statistics import Count, Statistics

TERMS, SECTIONS, PAIRS = range(3)
"""Arrays, as the statement numbers them."""
_COUNTS: "tuple[Count, Count, Count]" = ("frequencies", "section_frequencies", "pair_frequencies")
_WIDTH = (8, 8, 4)
"""Bytes of a posting in each array."""


def packed_postings(lexical: "LexicalIndex") -> tuple[bytes, bytes, bytes]:
    """The three arrays of a cartridge, as bytes."""
    return _packed(lexical.chunks), _packed(lexical.sections), lexical.pair_chunks.astype("<i4").tobytes()


def _packed(postings: "Postings") -> bytes:
    """Of each term its units, then their weights."""
    counts = np.diff(postings.starts)
    firsts = np.repeat(postings.starts[:-1], counts)
    places = np.arange(len(postings.units)) + firsts  # a term's part begins at twice the number of postings before it
    packed = np.empty(2 * len(postings.units), dtype="<i4")
    packed[places] = postings.units
    packed[places + np.repeat(counts, counts)] = postings.weights.astype("<f4").view("<i4")
    return packed.tobytes()


@dataclass(frozen=True)
class Part:
    """Part of an array: the postings of one term or pair, with its weight in the query."""

    array: int
    start: int
    """First byte, from 0."""
    length: int
    weight: float


class WantedPostings:
    """Parts that the scores of a query need, and what they say once they are read."""

    def __init__(self, statistics: "Statistics", weights: "TermWeights") -> None:
        self.outline: Outline = statistics.outline
        self.parts = list(_parts(statistics, weights))
        self._read: Sequence[bytes] = ()

    def fill(self, read: Sequence[bytes]) -> None:
        """Take what was read of each part. Raises `StoreError` if it isn't as long as it should be."""
        if [len(one) for one in read] != [part.length for part in self.parts]:
            raise StoreError("Postings of a cartridge in the store are missing. Load it again.")
        self._read = read

    def word_scores(self, _: Mapping[str, float]) -> tuple[Scores, Scores]:
        """BM25 score of every chunk and section: (n,) and (sections,)."""
        return self._sum(TERMS, len(self.outline.document_of)), self._sum(SECTIONS, self.outline.sections)

    def pair_scores(self, _: Mapping[tuple[str, str], float]) -> tuple[Scores, Scores]:
        """Summed weight of the query's pairs in every chunk and document: (n,) and (documents,)."""
        return sum_pairs([(np.frombuffer(read, "<i4"), weight) for read, weight in self._of(PAIRS)], self.outline)

    def _sum(self, array: int, count: int) -> Scores:
        found = []
        for read, weight in self._of(array):
            units = np.frombuffer(read, "<i4", len(read) // 8)
            found.append((units, np.frombuffer(read, "<f4", offset=4 * len(units)), weight))
        if found:
            check_ids(np.concatenate([units for units, _, _ in found]), count)
        return sum_postings(found, count)

    def _of(self, array: int) -> Iterator[tuple[bytes, float]]:
        return ((read, part.weight) for part, read in zip(self.parts, self._read, strict=True) if part.array == array)


def _parts(statistics: "Statistics", weights: "TermWeights") -> Iterator[Part]:
    terms = [(statistics.vocabulary.find(term), weight) for term, weight in weights.terms.items()]
    pairs = [(statistics.find_pair(pair), weight) for pair, weight in weights.pairs.items()]
    for array, wanted in ((TERMS, terms), (SECTIONS, terms), (PAIRS, pairs)):
        for number, weight in wanted:
            first, count = statistics.extent(_COUNTS[array], number) if number >= 0 else (0, 0)
            if count:
                yield Part(array, _WIDTH[array] * first, _WIDTH[array] * count, weight)
