"""Word pieces of a cartridge's chunks: their rarity, with which a query is pooled as the chunks were, and their bits.

Late interaction (MaxSim, ColBERT, Khattab & Zaharia 2020) compares a query with a chunk piece by piece: each piece of
the query with the nearest one of the chunk.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vrom.embedding.token_codes import WORDS, Codes, best_matches
from vrom.embedding.token_vectors import MOST_PIECES, PieceWeights, TokenVectors, weights_of
from vrom.errors import PackageError
from vrom.storage.array_file import Arrays

MOST_ASKED = 32
"""Word pieces of a query that are compared, the rarest: of a long one the others hardly count, and each takes time."""
MOST_HELD = 512
"""Most word pieces that a chunk may have: no model here reads more."""


def token_arrays(weights: PieceWeights, codes: Sequence[Codes]) -> Arrays:
    """Arrays of the word pieces of each chunk, in order."""
    starts = np.zeros(len(codes) + 1, dtype=np.int64)
    np.cumsum([len(one) for one in codes], out=starts[1:])
    joined = np.concatenate(codes) if len(codes) else np.zeros((0, WORDS), dtype=np.uint64)
    return {"piece_weights": weights, "code_starts": starts, "codes": joined}


def tokens_fit(arrays: Arrays, chunks: int) -> bool:
    """Return true if the arrays have valid types and consistent lengths; starts are checked on access."""
    weights, starts, codes = arrays["piece_weights"], arrays["code_starts"], arrays["codes"]
    return (
        weights.dtype.str == "|u1"
        and weights.ndim == 1
        and 0 < len(weights) <= MOST_PIECES
        and starts.dtype.str == "<i8"
        and starts.shape == (chunks + 1,)
        and codes.dtype.str == "<u8"
        and codes.ndim == 2
        and codes.shape[1] == WORDS
        and int(starts[0]) == 0
        and int(starts[-1]) == len(codes)
    )


@dataclass(frozen=True)
class TokenIndex:
    """Word pieces of the chunks."""

    weights: PieceWeights
    starts: NDArray[np.int64]
    """int64, (chunks + 1,): the pieces of chunk i are `codes[starts[i]:starts[i + 1]]`."""
    codes: Codes

    @classmethod
    def of(cls, arrays: Arrays) -> "TokenIndex":
        """Index from arrays that fit."""
        return cls(arrays["piece_weights"], arrays["code_starts"], arrays["codes"])

    def compare(self, query: TokenVectors, ids: NDArray[np.int64]) -> NDArray[np.float32]:
        """Similarity of each chunk to the query, piece by piece, weighted by rarity: float32, (c,), from 0 to 1.

        It is squared, so that many vague matches don't outweigh an exact one. Raises `PackageError` if the index
        points outside.
        """
        weights = weights_of(query.pieces, self.weights)
        rarest = np.argsort(-weights, kind="stable")[:MOST_ASKED]
        weights = weights[rarest]
        firsts, sizes = self.starts[ids], self.starts[ids + 1] - self.starts[ids]
        is_inside = (sizes >= 0) & (sizes <= MOST_HELD) & (firsts >= 0) & (firsts <= len(self.codes) - sizes)
        if not is_inside.all():
            raise PackageError("A cartridge's word pieces point at what isn't there. `vrom check DIR` says more.")
        scores = np.zeros(len(ids), dtype=np.float32)
        held = np.flatnonzero(sizes)
        total = float(weights.sum())
        if len(held) and total > 0:
            ends = np.cumsum(sizes[held])
            offsets = np.repeat(firsts[held] - (ends - sizes[held]), sizes[held])
            matches = best_matches(
                query.codes[rarest], self.codes[np.arange(len(offsets)) + offsets], ends - sizes[held]
            )
            scores[held] = np.einsum("t,tc->c", weights / np.float32(total), np.square(matches))
        return scores
