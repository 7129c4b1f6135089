"""Vectors of word pieces, and pooling by their rarity."""

import numpy as np
import pytest

from vrom.embedding.token_vectors import STEPS, TokenVectors, piece_weights, weights_of

IDS = np.array([5, 2, 5, 9])
VECTORS = np.array([[1, 0], [0, 1], [1, 2], [4, 4]], dtype=np.float32)
MEAN = np.array([0.6, 0.8], dtype=np.float32)


@pytest.fixture
def tokens():
    return TokenVectors.of(IDS, VECTORS, MEAN)


def test_each_word_piece_is_there_once_with_the_sum_of_its_vectors(tokens):
    assert tokens.pieces.tolist() == [2, 5, 9]
    assert tokens.sums.tolist() == [[0, 1], [2, 2], [4, 4]]


def test_rare_pieces_draw_the_vector_to_them(tokens):
    weights = np.zeros(10, dtype=np.uint8)
    weights[2] = 40
    pooled = tokens.pooled(weights)
    expected = MEAN + np.array([0, 1])
    assert pooled == pytest.approx(expected / np.linalg.norm(expected))
    assert pooled.dtype == np.float32


def test_pieces_without_weight_leave_the_mean(tokens):
    assert (tokens.pooled(np.zeros(10, dtype=np.uint8)) == MEAN).all()


def test_opposite_vectors_leave_the_mean():
    tokens = TokenVectors.of(np.array([0]), -MEAN[None], MEAN)
    assert (tokens.pooled(np.full(1, 9, dtype=np.uint8)) == MEAN).all()


def test_a_piece_that_the_table_lacks_is_as_rare_as_the_rarest():
    assert weights_of(np.array([0, 1, 7]), np.array([32, 16], dtype=np.uint8)).tolist() == [2, 1, 2]


def test_weights_are_inverse_document_frequencies():
    texts = [np.array([0, 1, 1]), np.array([0, 2]), np.array([0])]
    weights = piece_weights(texts, 4) / STEPS
    assert weights == pytest.approx([np.log(1 + (3 - n + 0.5) / (n + 0.5)) for n in (3, 1, 1, 0)], abs=1 / STEPS)


def test_weights_of_ten_million_chunks_fit():
    assert np.log(1 + 1e7 / 0.5) * STEPS < 300
    assert piece_weights([], 3).dtype == np.uint8
