"""BM25 over several fields of a chunk (BM25F, Robertson & Zaragoza 2009), as numpy postings."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vrom.search.tokens import compounds, terms_of

Scores = NDArray[np.float32]
"""float32, (n,): one score a chunk."""

K1 = 1.2
B = 0.75


@dataclass(frozen=True)
class LexicalIndex:
    """Postings by term. Those of term t are `documents[starts[t]:starts[t + 1]]`, with `weights` beside them.

    `weights` are saturated term frequencies in [0, 1): what BM25 multiplies with a term's inverse document frequency.
    """

    size: int
    vocabulary: dict[str, int]
    starts: NDArray[np.int64]
    documents: NDArray[np.int32]
    weights: NDArray[np.float32]

    @classmethod
    def build(cls, fields: Sequence[tuple[float, Sequence[str]]]) -> "LexicalIndex":
        """Index `fields`: each a boost and one text a chunk, the same number in every field."""
        size = len(fields[0][1]) if fields else 0
        vocabulary: dict[str, int] = {}
        keys: list[NDArray[np.int64]] = []
        counts: list[NDArray[np.float32]] = []
        for boost, texts in fields:
            key, count = _count(texts, vocabulary)
            keys.append(key)
            counts.append(count * np.float32(boost))
        return _postings(size, vocabulary, keys, counts)

    def document_frequency(self, term: str) -> int:
        """How many chunks hold a term."""
        found = self.vocabulary.get(term)
        return 0 if found is None else int(self.starts[found + 1] - self.starts[found])

    def scores(self, terms: dict[str, float]) -> Scores:
        """The sum over `terms` (term → its weight in the query) of weight × saturated frequency, for every chunk."""
        scores: Scores = np.zeros(self.size, dtype=np.float32)
        for term, weight in terms.items():
            found = self.vocabulary.get(term)
            if found is not None:
                part = slice(self.starts[found], self.starts[found + 1])
                scores[self.documents[part]] += self.weights[part] * np.float32(weight)
        return scores


def _count(texts: Sequence[str], vocabulary: dict[str, int]) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """(term << 32 | chunk) keys in order, and term frequencies normalised by the length of the field."""
    known: dict[str, tuple[int, ...]] = {}
    terms: list[int] = []
    lengths = np.zeros(len(texts), dtype=np.int64)
    for i, text in enumerate(texts):
        before = len(terms)
        for compound in compounds(text):
            ids = known.get(compound)
            if ids is None:
                ids = tuple(vocabulary.setdefault(term, len(vocabulary)) for term in terms_of(compound))
                known[compound] = ids
            terms.extend(ids)
        lengths[i] = len(terms) - before
    chunk = np.repeat(np.arange(len(texts), dtype=np.int64), lengths)
    keys, frequency = np.unique(np.array(terms, dtype=np.int64) << 32 | chunk, return_counts=True)
    mean = max(lengths.mean(), 1.0) if len(lengths) else 1.0
    norm = (1 - B + B * lengths / mean).astype(np.float32)
    return keys, frequency.astype(np.float32) / norm[keys & 0xFFFFFFFF]


def _postings(
    size: int, vocabulary: dict[str, int], keys: list[NDArray[np.int64]], counts: list[NDArray[np.float32]]
) -> LexicalIndex:
    every = np.concatenate(keys) if keys else np.zeros(0, dtype=np.int64)
    joined, where = np.unique(every, return_inverse=True)
    frequency = np.bincount(where, weights=np.concatenate(counts) if counts else None, minlength=len(joined))
    starts = np.zeros(len(vocabulary) + 1, dtype=np.int64)
    np.cumsum(np.bincount(joined >> 32, minlength=len(vocabulary)), out=starts[1:])
    return LexicalIndex(
        size=size,
        vocabulary=vocabulary,
        starts=starts,
        documents=(joined & 0xFFFFFFFF).astype(np.int32),
        weights=(frequency / (frequency + K1)).astype(np.float32),
    )
