"""Vectors of texts embedded before."""

import os
import sqlite3
import subprocess
import sys

import numpy as np
import pytest

from vrom.builder.embedding.cache import EmbeddingCache
from vrom.builder.embedding.stored_tokens import rounded
from vrom.embedding.token_vectors import TokenVectors


@pytest.fixture
def cache(tmp_path):
    return EmbeddingCache(tmp_path / "cache", "a" * 64, 4)


def units(count: int) -> np.ndarray:
    vectors = np.random.default_rng(2).standard_normal((count, 4)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def test_what_was_put_is_found_bit_by_bit(cache):
    texts, vectors = ["one", "zwei\ud800", ""], units(3)
    cache.put(texts, vectors)
    found = EmbeddingCache(cache.file.parent, "a" * 64, 4).get(["", "one", "two", "zwei\ud800"])
    assert {text: vector.tobytes() for text, vector in found.items()} == {
        text: vector.tobytes() for text, vector in zip(texts, vectors, strict=True)
    }


def test_models_have_caches_of_their_own(cache):
    cache.put(["one"], units(1))
    assert EmbeddingCache(cache.file.parent, "b" * 64, 4).get(["one"]) == {}


def test_a_vector_put_again_takes_the_place_of_the_old(cache):
    first, second = units(2)
    cache.put(["one"], first[None])
    cache.put(["one"], second[None])
    assert (cache.get(["one"])["one"] == second).all()


@pytest.mark.parametrize("blob", [b"", b"\0" * 16, b"\0" * 15, np.full(4, np.nan, np.float32).tobytes()])
def test_what_is_no_unit_vector_is_not_found(cache, blob):
    cache.put(["one", "two"], units(2))
    with sqlite3.connect(cache.file) as connection:
        keys = connection.execute("SELECT text FROM vectors").fetchall()
        connection.execute("UPDATE vectors SET vector = ? WHERE text = ?", [blob, keys[0][0]])
    connection.close()
    assert len(cache.get(["one", "two"])) == 1


@pytest.mark.parametrize("damage", [b"", b"no database at all", b"SQLite format 3\0" + b"\xff" * 5000])
def test_a_damaged_file_is_begun_anew(cache, damage):
    cache.put(["one"], units(1))
    cache.file.write_bytes(damage)
    assert cache.get(["one"]) == {}
    cache.put(["one"], units(1))
    assert list(cache.get(["one"])) == ["one"]


def test_without_a_place_to_write_texts_are_embedded_again(tmp_path):
    (tmp_path / "cache").write_text("a file")
    cache = EmbeddingCache(tmp_path / "cache", "a" * 64, 4)
    cache.put(["one"], units(1))
    assert cache.get(["one"]) == {}


def some_tokens():
    return TokenVectors(np.array([3, 8]), np.array([[1, 2, 3, 4], [0, 0, -1, 1]], np.float32), units(1)[0])


def test_word_pieces_are_found_as_they_are_after_rounding(cache):
    cache.put_tokens(["one"], [some_tokens()])
    (found,) = cache.get_tokens(["one", "two"], 9).values()
    expected = rounded(some_tokens())
    assert found.pieces.tolist() == [3, 8]
    assert (found.sums.tobytes(), found.mean.tobytes()) == (expected.sums.tobytes(), expected.mean.tobytes())


def test_word_pieces_of_another_vocabulary_are_not_found(cache):
    cache.put_tokens(["one"], [some_tokens()])
    assert cache.get_tokens(["one"], 8) == {}


def test_vectors_and_word_pieces_are_kept_apart(cache):
    cache.put_tokens(["one"], [some_tokens()])
    assert cache.get(["one"]) == {}
    assert not cache.file.exists() or cache.file != cache.tokens_file


PUT = """
import sys, numpy as np
from pathlib import Path
from vrom.builder.embedding.cache import EmbeddingCache
cache = EmbeddingCache(Path(sys.argv[1]), "a" * 64, 4)
for number in range(40):
    cache.put([f"{sys.argv[2]} {number}", f"shared {number}"], np.array([[1, 0, 0, 0], [0, 1, 0, 0]], np.float32))
"""


@pytest.mark.slow
def test_several_builds_may_write_at_a_time(cache):
    command = [sys.executable, "-c", PUT, str(cache.file.parent)]
    writers = [subprocess.Popen([*command, name], env=os.environ) for name in ("a", "b", "c")]
    assert [writer.wait() for writer in writers] == [0, 0, 0]
    texts = [f"{name} {number}" for name in ("a", "b", "c", "shared") for number in range(40)]
    assert len(cache.get(texts)) == len(texts)


def test_the_oldest_word_pieces_give_way_when_there_are_too_many(cache, monkeypatch):
    monkeypatch.setattr("vrom.builder.embedding.cache.LARGEST_TOKENS", 30_000)
    for start in range(0, 200, 10):
        texts = [f"text {number}" for number in range(start, start + 10)]
        cache.put_tokens(texts, [some_tokens() for _ in texts])
    kept = cache.get_tokens([f"text {number}" for number in range(200)], 9)
    assert 0 < len(kept) < 200
    assert "text 199" in kept
    assert "text 0" not in kept
