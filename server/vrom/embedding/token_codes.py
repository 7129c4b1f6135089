"""Word pieces as 192 bits each, compared with `bitwise_count`, in a sixty-fourth of the size of vectors.

The bits are the signs of random projections (Charikar 2002): two vectors differ in as large a share of them as their
angle is of 180°. The projections are ±1 (Achlioptas 2003), drawn from SHAKE-256, so that every machine has the same.
"""

import hashlib
from functools import cache

import numpy as np
from numpy.typing import NDArray

from vrom.format.read import Vectors

BITS = 192
WORDS = BITS // 64

Codes = NDArray[np.uint64]
"""uint64, (n, 3): the bits of each vector."""


def encode(vectors: Vectors) -> Codes:
    """Bits of vectors, float32, (n, dim), of any length."""
    # Row by row in this thread, as in `DenseIndex.similarity`: BLAS would wait for a busy core.
    projected = np.vecdot(vectors[:, None], _projections(vectors.shape[1])[None])
    return np.packbits(projected > 0, axis=1, bitorder="little").view("<u8")


@cache
def _projections(dimensions: int) -> Vectors:
    """The projections, 1 and -1: float32, (192, dim)."""
    drawn = hashlib.shake_256(b"vROM token codes 1").digest(dimensions * BITS // 8)
    bits = np.unpackbits(np.frombuffer(drawn, dtype=np.uint8)).reshape(dimensions, BITS)
    return np.ascontiguousarray(1 - 2 * bits.T.astype(np.float32))


def best_matches(asked: Codes, held: Codes, starts: NDArray[np.int64]) -> NDArray[np.float32]:
    """Similarity of the nearest vector in each group to each that is asked for: float32, (asked, groups), 1 if equal,
    0 if unrelated, never less.

    `held` are the groups one after another, `starts`, int64, (groups,), where each begins; none is empty.
    """
    differing = np.zeros((len(asked), len(held)), dtype=np.uint8)
    for word in range(WORDS):
        differing += np.bitwise_count(asked[:, word, None] ^ np.ascontiguousarray(held[:, word]))
    least = np.minimum.reduceat(differing, starts, axis=1).astype(np.float32)
    return np.maximum(1 - 2 * least / BITS, 0)
