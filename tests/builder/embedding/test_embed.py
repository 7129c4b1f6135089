"""Embedding texts word piece by word piece."""

import numpy as np
import pytest

from vrom.builder.embedding.cache import EmbeddingCache
from vrom.builder.embedding.embed import embed_texts
from vrom.index.tokens import tokens_fit

TEXTS = ["Steep the tea.", "Warm the pot.", "Steep the tea.", "The kettle whistles."]


@pytest.fixture
def embed(embedder, tmp_path):
    def embed(texts=TEXTS, folder="cache", using=embedder):
        cache = EmbeddingCache(tmp_path / folder, embedder.digest, embedder.dimensions)
        return embed_texts(texts, using, cache, lambda *_: None)

    return embed


def test_texts_embedded_before_give_the_same_bytes(embed):
    first, again, elsewhere = embed(), embed(), embed(folder="other")
    assert (first.embedded, again.embedded, elsewhere.embedded) == (3, 0, 3)
    for other in (again, elsewhere):
        assert other.vectors.tobytes() == first.vectors.tobytes()
        assert {k: v.tobytes() for k, v in other.tokens.items()} == {k: v.tobytes() for k, v in first.tokens.items()}


def test_a_text_that_came_since_is_embedded_alone(embed):
    before = embed()
    after = embed([*TEXTS, "A teapot of clay."])
    assert after.embedded == 1
    assert not np.array_equal(after.vectors[0], before.vectors[0]), "rarity is that of these texts"


def test_vectors_are_unit_rows_and_equal_for_equal_texts(embed):
    vectors = embed().vectors
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-6)
    assert (vectors[0] == vectors[2]).all()


def test_word_pieces_fit_the_texts(embed, embedder):
    tokens = embed().tokens
    assert tokens_fit(tokens, len(TEXTS))
    assert np.diff(tokens["code_starts"]).tolist() == [len(set(embedder.word_pieces(text))) for text in TEXTS]


class _WholeTextsOnly:
    """A model that gives vectors of texts alone."""

    vocabulary = 0

    def __init__(self, real):
        self._real = real

    def __getattr__(self, name):
        return getattr(self._real, name)


def test_a_model_without_word_pieces_gives_its_own_vectors(embed, embedder):
    found = embed(using=_WholeTextsOnly(embedder))
    assert found.tokens is None
    assert (found.vectors == embedder.embed(TEXTS)).all()


def test_nothing_has_no_vectors(embed):
    assert embed([]).vectors.shape == (0, 384)
