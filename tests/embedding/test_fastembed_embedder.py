import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vrom.embedding.fastembed_embedder import CACHED_QUERIES, FastembedEmbedder
from vrom.embedding.recipes import DEFAULT_SPEC, resolve
from vrom.errors import ModelBrokenError

SENTENCES = (
    "How do I train a language model with direct preference optimization?",
    "Preference optimization trains a language model on pairs of chosen and rejected answers.",
    "DPO fine-tunes a model on pairs of chosen and rejected answers.",
    "The weather in Lisbon is mild in winter.",
)
GOLDEN = {(0, 1): 0.672, (1, 2): 0.666, (0, 2): 0.261, (0, 3): 0.020, (1, 3): -0.027, (2, 3): -0.047}
"""Cosines of the sentences by the fp32 model, the nearest pair first."""


@pytest.fixture(scope="module")
def texts():
    random = np.random.default_rng(5)
    words = ["model", "train", "loss", "token", "`config`", "🤗", "the", "of", "with", "DPOConfig", "|", "#", "\n"]
    return [" ".join(random.choice(words, size)) for size in random.integers(1, 200, 40)]


def test_related_sentences_are_nearer(embedder):
    vectors = embedder.embed(SENTENCES)
    cosines = {(i, j): float(vectors[i] @ vectors[j]) for i, j in GOLDEN}
    assert cosines == pytest.approx(GOLDEN, abs=0.05)
    assert cosines[1, 2] > cosines[0, 2] > cosines[0, 3]


def test_vectors_are_float32_unit_rows(embedder):
    vectors = embedder.embed(SENTENCES)
    assert (vectors.dtype, vectors.shape) == (np.float32, (4, 384))
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-6)


def test_no_texts_give_no_rows(embedder):
    assert embedder.embed([]).shape == embedder.embed_many([]).shape == (0, 384)


@pytest.mark.slow
def test_a_vector_does_not_depend_on_its_neighbours(embedder, texts):
    together = embedder.embed(texts)
    assert np.array_equal(together, np.vstack([embedder.embed([text]) for text in texts]))
    assert np.array_equal(together[::-1], embedder.embed(texts[::-1]))


@pytest.mark.slow
@pytest.mark.parametrize("threads", [None, 1, 2, 5])
def test_many_texts_on_many_cores_give_the_same_bits(embedder, texts, threads):
    assert np.array_equal(embedder.embed_many(texts, threads), embedder.embed(texts))


def test_progress_counts_every_text(embedder, texts):
    seen = []
    embedder.embed_many(texts, progress=seen.append)
    assert seen == list(range(1, len(texts) + 1))


@pytest.mark.slow
def test_several_threads_may_share_a_model(embedder, texts):
    expected = embedder.embed(texts)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda text: (embedder.embed_query(text), embedder.count_tokens(text)), texts))
    assert np.array_equal(np.stack([vector for vector, _ in answers]), expected)
    assert [count for _, count in answers] == [embedder.count_tokens(text) for text in texts]


def test_a_query_is_embedded_once(embedder):
    first = embedder.embed_query("how do I stop training early")
    assert embedder.embed_query("how do I stop training early") is first
    assert not first.flags.writeable
    assert np.array_equal(first, embedder.embed(["how do I stop training early"])[0])


def test_only_the_last_queries_are_remembered(embedder):
    first = embedder.embed_query("the first")
    for i in range(CACHED_QUERIES - 1):
        embedder.embed_query(f"query {i}")
    assert embedder.embed_query("the first") is first, "asked again, it counts as new"
    for i in range(CACHED_QUERIES):
        embedder.embed_query(f"another {i}")
    assert embedder.embed_query("the first") is not first


def test_word_pieces_come_from_the_same_pass_as_the_vector(embedder):
    texts = ["how do I stop training early", "word " * 300, "", "zwei\ud800"]
    for text, tokens in zip(texts, embedder.embed_tokens(texts), strict=True):
        assert tokens.mean.tobytes() == embedder.embed([text])[0].tobytes() == embedder.embed_query(text).tobytes()
        assert tokens.pieces.tolist() == sorted(set(embedder.word_pieces(text).tolist()))
        assert tokens.sums.shape == (len(tokens.pieces), 384)
        mean = tokens.sums.sum(axis=0)
        assert mean / np.linalg.norm(mean) == pytest.approx(tokens.mean, abs=1e-5)
        assert tokens.pieces.max() < embedder.vocabulary


def test_word_pieces_of_a_query_are_made_once(embedder):
    assert embedder.query_tokens("stop early") is embedder.query_tokens("stop early")


def test_tokens_are_the_models_own_with_both_ends(embedder):
    assert embedder.count_tokens("") == 2
    assert embedder.count_tokens("hello world") == 4
    assert embedder.count_tokens("hello " * 5000) == 5002, "not truncated"


def test_the_model_sees_256_tokens_and_no_more(embedder):
    assert embedder.max_tokens == 256
    fitting = "word " * 254
    assert embedder.count_tokens(fitting) == 256
    whole, longer, shorter = embedder.embed([fitting, fitting + "and something else", fitting[:-5]])
    assert np.array_equal(whole, longer)
    assert not np.array_equal(whole, shorter)


@pytest.mark.parametrize("text", ["", " ", "\0", "\ud800 alone", "a" * 100_000, "日本語" * 5000, "\n" * 3])
def test_odd_texts_have_vectors_too(embedder, text):
    vector = embedder.embed_query(text)
    assert np.isfinite(vector).all()
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-6)
    assert embedder.count_tokens(text) >= 2


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=300))
def test_any_text_has_a_unit_vector_and_a_count(embedder, text):
    assert np.linalg.norm(embedder.embed([text])[0]) == pytest.approx(1, abs=1e-6)
    assert embedder.count_tokens(text) >= 2


def test_the_digest_is_that_of_the_files(embedder, model_folder):
    from vrom.embedding.model_record import read_record

    assert embedder.digest == read_record(model_folder).digest
    assert (embedder.model, embedder.dimensions) == ("Xenova/all-MiniLM-L6-v2", 384)


def test_models_may_be_loaded_from_several_threads_at_once(model_folder):
    recipe, loaded, barrier = resolve(DEFAULT_SPEC), [], threading.Barrier(4)

    def load():
        barrier.wait()
        loaded.append(FastembedEmbedder(model_folder, recipe, "digest"))

    threads = [threading.Thread(target=load) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(loaded) == 4


@pytest.mark.parametrize("content", [b"", b"not a model", b"\x08\x08\x12\x04vrom"])
def test_what_is_not_a_model_is_refused(model_folder, tmp_path, content):
    for file in model_folder.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes() if file.name != "model.onnx" else content)
    with pytest.raises(ModelBrokenError, match="vrom model pull"):
        FastembedEmbedder(tmp_path, resolve(DEFAULT_SPEC), "digest")


@pytest.mark.parametrize("name", ["tokenizer.json", "tokenizer_config.json"])
@pytest.mark.parametrize("content", [None, b"", b"{}"])
def test_a_model_without_a_proper_tokenizer_is_refused(model_folder, tmp_path, name, content):
    for file in model_folder.iterdir():
        if file.name != name:
            (tmp_path / file.name).symlink_to(file)
        elif content is not None:
            (tmp_path / file.name).write_bytes(content)
    with pytest.raises(ModelBrokenError, match="vrom model pull"):
        FastembedEmbedder(tmp_path, resolve(DEFAULT_SPEC), "digest")
