"""Vectors of a text's word pieces, from the forward pass that gives the text's vector.

Each distinct word piece of a text counts once, with the sum of the vectors of its occurrences. With them a vector is
pooled by the rarity of pieces in a cartridge, and chunks are compared piece by piece (see `token_codes`).

Pooling by rarity (weights as in SIF, Arora et al. 2017, with the inverse document frequency) keeps a cosine of about
0.98 to the plain mean: a reader that doesn't know of it finds as well.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vrom.embedding.token_codes import Codes, encode
from vrom.format.read import Vectors

PieceWeights = NDArray[np.uint8]
"""uint8, (pieces,): rarity of each word piece of the vocabulary, in steps of `1 / STEPS`."""
STEPS = 16
"""Steps per unit of inverse document frequency: 255 of them are enough for ten million chunks."""
MOST_PIECES = 1 << 20
"""Largest vocabulary: no tokenizer has more word pieces."""


@dataclass(frozen=True)
class TokenVectors:
    """Word pieces of one text with their vectors."""

    pieces: NDArray[np.int64]
    """Distinct word pieces, ascending: int64, (t,)."""
    sums: Vectors
    """Sum of the vectors of each piece's occurrences: float32, (t, dim)."""
    mean: NDArray[np.float32]
    """The text's vector, which doesn't depend on a cartridge: float32, (dim,), unit length."""

    @classmethod
    def of(cls, ids: NDArray[np.integer[Any]], vectors: Vectors, mean: NDArray[np.float32]) -> "TokenVectors":
        """Word pieces of a text in order, (n,), their vectors, (n, dim), and the text's vector."""
        order = np.argsort(ids, kind="stable")
        ordered = ids[order].astype(np.int64)
        starts = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1]))
        return cls(ordered[starts], np.add.reduceat(vectors[order], starts, axis=0), mean)

    @cached_property
    def codes(self) -> Codes:
        """Bits of each piece, the same for every cartridge: uint64, (t, 3)."""
        return encode(self.sums)

    def pooled(self, weights: PieceWeights) -> NDArray[np.float32]:
        """The text's vector with rare word pieces emphasised: float32, (dim,), unit length."""
        weighted = np.einsum("t,td->d", weights_of(self.pieces, weights), self.sums)
        norm = float(np.linalg.norm(weighted))
        if norm == 0:
            return self.mean
        vector: NDArray[np.float32] = self.mean + weighted / np.float32(norm)
        length = float(np.linalg.norm(vector))
        return vector / np.float32(length) if length > 0 else self.mean


def weights_of(pieces: NDArray[np.int64], weights: PieceWeights) -> NDArray[np.float32]:
    """Weight of each of these word pieces: float32, (t,). One outside the table is as rare as the rarest."""
    found = weights[np.minimum(pieces, len(weights) - 1)].astype(np.float32)
    found[pieces >= len(weights)] = weights.max()
    return found / np.float32(STEPS)


def piece_weights(texts: Iterable[NDArray[np.integer[Any]]], vocabulary: int) -> PieceWeights:
    """Inverse document frequency, as in BM25, of every word piece in `texts`, each given by its word pieces."""
    holders = np.zeros(vocabulary, dtype=np.int64)
    count = 0
    for pieces in texts:
        holders[np.unique(pieces)] += 1
        count += 1
    rarity = np.log(1 + (count - holders + 0.5) / (holders + 0.5))
    steps: PieceWeights = np.minimum(np.rint(rarity * STEPS), 255).astype(np.uint8)
    return steps
