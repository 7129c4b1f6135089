"""Every model of fastembed's list: pooled as its authors do, whatever is read from its vectors of word pieces."""

import numpy as np
import pytest

from vrom.embedding.model_store import ModelStore
from vrom.embedding.native import import_fastembed
from vrom.embedding.recipes import known_models, resolve, spec_for

POOLING = {
    "OnnxTextEmbedding": "first", "PooledEmbedding": "mean", "PooledNormalizedEmbedding": "mean",
    "JinaEmbeddingV3": "mean", "LastTokenNormalizedEmbedding": "last", "StaticTextEmbedding": "static",
    "BuiltinSentenceEmbedding": "mean", "CLIPOnnxEmbedding": "mean", "SiglipOnnxTextEmbedding": "mean",
}  # fmt: skip
"""How each class of fastembed pools; the last three as their graphs do, here by the mean."""
NAMES = [name for name in known_models() if "MiniLM-L6" not in name]
TEXT = "Set the temperature of the oven before the dough has risen."


@pytest.fixture
def load(tmp_path, make_model):
    """Pull a tiny model of this name from a folder and load it."""

    def load(name: str):
        tiny, store = make_model(name), ModelStore(tmp_path / "models")
        store.pull(spec_for(name), tiny.folder)
        return tiny, store.open(spec_for(name))

    return load


@pytest.mark.filterwarnings("ignore:The model .* runs? with")  # how fastembed's earlier versions ran it
@pytest.mark.parametrize("name", NAMES)
def test_passages_and_queries_are_pooled_as_the_model_was_trained(load, name):
    tiny, embedder = load(name)
    tasks = (1, 0) if tiny.kind == "JinaEmbeddingV3" else (0, 0)
    expected = [tiny.vector(TEXT, POOLING[tiny.kind], task) for task in tasks]
    assert embedder.embed([TEXT])[0] == pytest.approx(expected[0], abs=1e-5)
    assert embedder.embed_query(TEXT) == pytest.approx(expected[1], abs=1e-5)
    assert embedder.vocabulary == 0, "word pieces are MiniLM's alone"


def test_a_long_text_is_cut_where_the_model_ends(load):
    _, embedder = load("snowflake/snowflake-arctic-embed-xs")
    long = "dough " * 100
    assert embedder.max_tokens == 128
    assert embedder.count_tokens(long) == 502
    assert np.array_equal(embedder.embed([long]), embedder.embed([long + "risen"]))


def test_models_are_told_apart_by_the_pooling_alone(load):
    """The tiny models have the same weights, so a model pooled by the rules of another would not be noticed."""
    _, first = load("snowflake/snowflake-arctic-embed-xs")
    _, mean = load("sentence-transformers/paraphrase-multilingual-MiniLM-L12-v2")
    assert float(first.embed_query(TEXT) @ mean.embed_query(TEXT)) < 0.99


def test_the_models_whose_authors_require_prefixes_have_them():
    for model in import_fastembed().TextEmbedding.list_supported_models():
        if model["model"].startswith("vrom-"):
            continue  # registered by this very process
        prefixes = resolve(spec_for(model["model"])).prefixes
        _, _, says = model["description"].partition("Prefixes for queries/documents: ")
        if says.startswith(("necessary", "not so necessary", "`")):
            assert prefixes.query, model["model"]
        elif model["model"] != "jinaai/jina-embeddings-v3":
            assert not prefixes.query, model["model"]
            assert not prefixes.passage, model["model"]


@pytest.mark.parametrize(
    ("name", "query", "passage"),
    [
        ("snowflake/snowflake-arctic-embed-xs", "Represent this sentence for searching relevant passages: ", ""),
        ("BAAI/bge-small-en-v1.5", "Represent this sentence for searching relevant passages: ", ""),
        ("nomic-ai/nomic-embed-text-v1.5", "search_query: ", "search_document: "),
        ("intfloat/multilingual-e5-large", "query: ", "passage: "),
        ("thenlper/gte-base", "", ""),
        ("Xenova/all-MiniLM-L6-v2", "", ""),
    ],
)
def test_prefixes_are_those_of_the_models_card(name, query, passage):
    prefixes = resolve(spec_for(name)).prefixes
    assert (prefixes.query, prefixes.passage) == (query, passage)
