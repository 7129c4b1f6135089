"""Word pieces as bytes: small, near the truth, and nothing else is taken for them."""

import numpy as np
import pytest

from vrom.builder.embedding.stored_tokens import from_bytes, rounded, to_bytes
from vrom.embedding.token_vectors import TokenVectors

MEAN = np.ones(384, dtype=np.float32) / np.float32(384**0.5)


@pytest.fixture
def tokens():
    random = np.random.default_rng(1)
    return TokenVectors(np.arange(0, 240, 3), (random.standard_normal((80, 384)) + 0.7).astype(np.float32), MEAN)


def test_a_chunk_takes_sixteen_thousand_bytes(tokens):
    assert len(to_bytes(tokens)) == 4 + 80 * (4 + 4 + 192)


def test_rounding_hardly_changes_a_pooled_vector(tokens):
    weights = np.full(300, 40, dtype=np.uint8)
    assert float(tokens.pooled(weights) @ rounded(tokens).pooled(weights)) > 0.999


def test_rounding_twice_is_rounding_once(tokens):
    once = rounded(tokens)
    assert to_bytes(once) == to_bytes(rounded(once))


def test_zeros_stay_zeros():
    tokens = TokenVectors(np.array([4]), np.zeros((1, 384), dtype=np.float32), MEAN)
    assert (rounded(tokens).sums == 0).all()


NO_TOKENS = {
    "nothing": lambda stored: b"",
    "no pieces": lambda stored: bytes(4),
    "cut off": lambda stored: stored[:-1],
    "too long": lambda stored: stored + b"\0",
    "a count that isn't": lambda stored: b"\xff\xff\xff\xff" + stored[4:],
    "a piece beyond the vocabulary": lambda stored: stored[:4] + b"\xff\xff\xff\x7f" + stored[8:],
    "a piece twice": lambda stored: stored[:8] + stored[4:8] + stored[12:],
    "a scale that is none": lambda stored: stored[: 4 + 80 * 4] + b"\xff\xff\xff\xff" + stored[8 + 80 * 4 :],
}


@pytest.mark.parametrize("damage", NO_TOKENS.values(), ids=NO_TOKENS.keys())
def test_other_bytes_are_none(tokens, damage):
    stored = to_bytes(tokens)
    assert from_bytes(stored, MEAN, 300) is not None
    assert from_bytes(damage(stored), MEAN, 300) is None
