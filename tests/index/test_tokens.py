"""Word pieces of chunks: compared as defined, and never beyond what is there."""

import numpy as np
import pytest

from vrom.embedding.token_codes import best_matches, encode
from vrom.embedding.token_vectors import TokenVectors
from vrom.errors import PackageError
from vrom.index.tokens import MOST_ASKED, MOST_HELD, TokenIndex, token_arrays, tokens_fit

RANDOM = np.random.default_rng(9)
VECTORS = [RANDOM.standard_normal((count, 384)).astype(np.float32) for count in (3, 0, 5, 1)]
WEIGHTS = np.array([16, 32, 48, 0], dtype=np.uint8)


@pytest.fixture
def arrays():
    return token_arrays(WEIGHTS, [encode(vectors) for vectors in VECTORS])


def query(pieces, vectors):
    return TokenVectors(np.array(pieces), np.asarray(vectors), np.zeros(384, dtype=np.float32))


def test_arrays_fit(arrays):
    assert tokens_fit(arrays, 4)
    assert tokens_fit(token_arrays(WEIGHTS, []), 0)


def test_each_piece_of_the_query_counts_by_its_rarity(arrays):
    asked = query([0, 2], np.stack([VECTORS[0][1], VECTORS[2][4]]))
    scores = TokenIndex.of(arrays).compare(asked, np.array([0, 2]))
    both = [best_matches(encode(asked.sums), encode(VECTORS[i]), np.array([0]))[:, 0] ** 2 for i in (0, 2)]
    assert scores == pytest.approx([(match * [1, 3]).sum() / 4 for match in both])
    assert scores[0] > 0.25
    assert scores[1] > 0.75


def test_a_chunk_without_pieces_is_like_nothing(arrays):
    asked = query([0], VECTORS[3])
    assert TokenIndex.of(arrays).compare(asked, np.array([1, 3])).tolist() == [0, 1]
    assert TokenIndex.of(arrays).compare(asked, np.array([1])).tolist() == [0]


def test_pieces_without_weight_are_like_nothing(arrays):
    assert TokenIndex.of(arrays).compare(query([3], VECTORS[3]), np.array([3])).tolist() == [0]


def test_of_a_long_query_the_rarest_pieces_are_compared(arrays):
    count = MOST_ASKED + 20
    weights = np.append(np.full(count - 1, 1), 200).astype(np.uint8)
    index = TokenIndex(weights, arrays["code_starts"], arrays["codes"])
    vectors = RANDOM.standard_normal((count, 384)).astype(np.float32)
    vectors[-1] = VECTORS[3][0]
    assert index.compare(query(np.arange(count), vectors), np.array([3]))[0] > 200 / (200 + MOST_ASKED)


MISFITS = {
    "weights of another type": {"piece_weights": WEIGHTS.astype(np.int32)},
    "no weights": {"piece_weights": WEIGHTS[:0]},
    "weights in rows": {"piece_weights": WEIGHTS[None]},
    "starts of another type": {"code_starts": np.zeros(5, dtype=np.int32)},
    "starts of other chunks": {"code_starts": np.array([0, 3, 9])},
    "a start that is none": {"code_starts": np.array([1, 3, 3, 8, 9])},
    "an end that is none": {"code_starts": np.array([0, 3, 3, 8, 10])},
    "codes of another width": {"codes": np.zeros((9, 2), dtype=np.uint64)},
    "codes of another type": {"codes": np.zeros((9, 3), dtype=np.int64)},
    "fewer codes": {"codes": np.zeros((8, 3), dtype=np.uint64)},
    "codes in a line": {"codes": np.zeros(9, dtype=np.uint64)},
}


@pytest.mark.parametrize("misfit", MISFITS.values(), ids=MISFITS.keys())
def test_arrays_that_do_not_fit_are_told(arrays, misfit):
    assert not tokens_fit({**arrays, **misfit}, 4)


STRAY = {
    "backwards": [0, 5, 3, 8, 9],
    "before the beginning": [0, -4, 3, 8, 9],
    "beyond the end": [0, 3, 30, 31, 9],
    "far beyond": [0, 2**63 - 1, -(2**63), 8, 9],
    "too many": [0, MOST_HELD + 1, 3, 8, 9],
}


@pytest.mark.parametrize("starts", STRAY.values(), ids=STRAY.keys())
def test_starts_that_lead_outside_are_an_error(arrays, starts):
    index = TokenIndex(WEIGHTS, np.array(starts), np.tile(arrays["codes"], (100, 1))[: starts[-1]])
    with pytest.raises(PackageError, match="word pieces point at"):
        index.compare(query([0], VECTORS[3]), np.array([0, 1, 2]))
