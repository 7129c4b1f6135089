"""Word pieces as bits."""

import hashlib

import numpy as np
import pytest

from vrom.embedding.token_codes import BITS, best_matches, encode


@pytest.fixture
def vectors():
    return np.random.default_rng(3).standard_normal((40, 384)).astype(np.float32)


def test_bits_are_the_same_on_every_machine(vectors):
    codes = encode(np.rint(vectors))
    assert (codes.shape, codes.dtype.str) == ((40, 3), "<u8")
    assert hashlib.sha256(codes.tobytes()).hexdigest()[:16] == "e1d4f26b1f77e596"


def test_length_does_not_matter(vectors):
    assert (encode(vectors) == encode(7 * vectors)).all()


def test_bits_differ_as_the_angle_is(vectors):
    near = vectors + 0.5 * vectors[::-1]
    cosine = np.einsum("nd,nd->n", vectors, near) / np.linalg.norm(vectors, axis=1) / np.linalg.norm(near, axis=1)
    differing = np.bitwise_count(encode(vectors) ^ encode(near)).sum(axis=1) / BITS
    assert differing.mean() == pytest.approx((np.arccos(cosine) / np.pi).mean(), abs=0.02)


def test_the_best_match_in_each_group_counts(vectors):
    asked, held = encode(vectors[:5]), encode(vectors[5:])
    starts = np.array([0, 3, 4, 20])
    slow = np.zeros((5, 4))
    for i, one in enumerate(asked):
        for group, (start, end) in enumerate(zip(starts, [3, 4, 20, 35], strict=True)):
            differing = min(int(np.bitwise_count(one ^ other).sum()) for other in held[start:end])
            slow[i, group] = max(1 - 2 * differing / BITS, 0)
    assert best_matches(asked, held, starts) == pytest.approx(slow, abs=1e-6)


def test_equal_is_one_and_opposite_is_none(vectors):
    one = encode(vectors[:1])
    assert best_matches(one, np.concatenate([one, ~one]), np.array([0, 1])).tolist() == [[1, 0]]
