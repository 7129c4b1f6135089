"""Word pieces of a text with their vectors as bytes, four bits a number: 16 kB for a chunk, where float32 takes 120.

A vector pooled from them by rarity has a cosine of 0.9995 to that of the unrounded ones. What the model gives is
rounded as well before it is used, so that a build is the same to the byte whether texts were embedded before or not.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from vrom.embedding.token_vectors import TokenVectors

_LARGEST = 7
_MIDDLE = 8


def to_bytes(tokens: TokenVectors) -> bytes:
    """Their number, the word pieces, a scale for each, and numbers of four bits, two a byte."""
    scales = (np.abs(tokens.sums).max(axis=1, initial=0) / _LARGEST).astype("<f4")
    scaled = tokens.sums / np.maximum(scales, np.finfo(np.float32).tiny)[:, None]
    fours = np.clip(np.rint(scaled) + _MIDDLE, 1, 15).astype(np.uint8)
    packed = fours[:, ::2] | fours[:, 1::2] << 4
    count = len(tokens.pieces).to_bytes(4, "little")
    return b"".join([count, tokens.pieces.astype("<u4").tobytes(), scales.tobytes(), packed.tobytes()])


def from_bytes(stored: bytes, mean: NDArray[np.float32], vocabulary: int) -> TokenVectors | None:
    """Word pieces of a text with the vector `mean`; None unless `to_bytes` wrote them for such a model."""
    width, count = len(mean) // 2, int.from_bytes(stored[:4], "little")
    if not count or len(stored) != 4 + count * (4 + 4 + width):
        return None
    pieces = np.frombuffer(stored, dtype="<u4", count=count, offset=4).astype(np.int64)
    scales = np.frombuffer(stored, dtype="<f4", count=count, offset=4 + 4 * count)
    packed = np.frombuffer(stored, dtype=np.uint8, offset=4 + 8 * count).reshape(count, width)
    fours = np.empty((count, 2 * width), dtype=np.float32)
    fours[:, ::2], fours[:, 1::2] = packed & 15, packed >> 4
    is_sound = np.isfinite(scales).all() and pieces.max() < vocabulary and (np.diff(pieces) > 0).all()
    return TokenVectors(pieces, (fours - _MIDDLE) * scales[:, None], mean) if is_sound else None


def rounded(tokens: TokenVectors) -> TokenVectors:
    """The word pieces as they are after `to_bytes` and `from_bytes`."""
    found = from_bytes(to_bytes(tokens), tokens.mean, int(tokens.pieces.max()) + 1)
    return found or replace(tokens, sums=np.zeros_like(tokens.sums))
