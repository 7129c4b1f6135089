"""Cartridges of other models than MiniLM: each text as the model's authors have it, and queries likewise."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from tiny_models import TinyModel

from vrom.answers.search import search_docs
from vrom.builder.build import build
from vrom.builder.request import BuildRequest
from vrom.embedding.agreement import embedded_text
from vrom.embedding.loaded_models import Embedders
from vrom.embedding.model_store import ModelStore
from vrom.embedding.recipes import spec_for
from vrom.format.read import read_package
from vrom.format.verify.package import check
from vrom.index.cartridge import Cartridge
from vrom.library.library import Library
from vrom.search.query_embedding import embed_for_any, embed_query

ARCTIC = "snowflake/snowflake-arctic-embed-xs"
NOMIC = "nomic-ai/nomic-embed-text-v1.5"
GTE = "thenlper/gte-base"
SEARCHING = "Represent this sentence for searching relevant passages: "
PAGES = {
    "kettle.md": "# Kettle\n\nFill it up to the mark.\n\n## Errors\n\nIt hums when it was switched on empty.\n",
    "teapot.md": "# Teapot\n\nWarm the pot first, then one spoon of leaves for each cup.\n",
    "long.md": "# Long\n\n" + "Water boils, and then it cools. " * 40,
}
QUESTION = "how many spoons of leaves"


@dataclass(frozen=True)
class Made:
    """A cartridge, the model that made it, and where both are."""

    tiny: TinyModel
    folder: Path
    models: Path

    def package(self):
        return read_package(self.folder)

    def cartridge(self) -> Cartridge:
        return Cartridge.open(self.folder)

    def embedders(self) -> Embedders:
        return Embedders(ModelStore(self.models))

    def library(self) -> Library:
        return Library([self.folder.parent], cache=self.folder.parent.parent / "cache", models=self.models, home=None)


@pytest.fixture
def make(make_model, tmp_path) -> Callable[..., Made]:
    sources = tmp_path / "sources"
    sources.mkdir()
    for name, text in PAGES.items():
        (sources / name).write_text(text)

    def make(model: str, **changes) -> Made:
        tiny, store = make_model(model), ModelStore(tmp_path / "models")
        store.pull(spec_for(model), tiny.folder)
        request = BuildRequest(vrom_id="tea", sources=(str(sources),), spec=spec_for(model), **changes)
        folder = tmp_path / "cartridges" / "tea"
        build(request, folder, store=store, cache=tmp_path / "cache")
        return Made(tiny, folder, store.folder)

    return make


@pytest.mark.parametrize(
    ("model", "pooling", "passage"), [(ARCTIC, "first", ""), (NOMIC, "mean", "search_document: "), (GTE, "mean", "")]
)
def test_vectors_are_those_of_the_model_for_prefix_title_path_and_text(make, model, pooling, passage):
    made = make(model)
    package = made.package()
    texts = [f"{passage}{' > '.join(chunk.heading_path)}\n{chunk.text}" for chunk in package.chunks]
    assert [embedded_text(chunk, package.manifest) for chunk in package.chunks] == texts
    assert package.vectors == pytest.approx(np.stack([made.tiny.vector(text, pooling) for text in texts]), abs=1e-5)
    assert check(made.folder) == []


@pytest.mark.parametrize(
    ("model", "prefixes"),
    [
        (ARCTIC, {"prefixes": {"query": SEARCHING, "passage": ""}}),
        (NOMIC, {"prefixes": {"query": "search_query: ", "passage": "search_document: "}}),
        (GTE, {}),
    ],
)
def test_the_manifest_tells_a_reader_of_the_prefixes(make, model, prefixes):
    strategy = make(model).package().manifest.chunk_strategy.model_extra
    assert strategy == {"embedded": "title path and text"} | prefixes, "and it isn't pooled by rarity"


def test_word_pieces_are_not_kept_of_models_that_were_not_measured_with_them(make):
    cartridge = make(ARCTIC).cartridge()
    assert cartridge.tokens is None
    assert cartridge.piece_weights is None


@pytest.mark.parametrize(
    ("model", "pooling", "query"), [(ARCTIC, "first", SEARCHING), (NOMIC, "mean", "search_query: "), (GTE, "mean", "")]
)
def test_a_query_is_embedded_with_the_prefix_for_queries(make, model, pooling, query):
    made, notes = make(model), []
    expected = made.tiny.vector(query + QUESTION, pooling)
    found = embed_query(made.cartridge(), QUESTION, made.embedders(), notes)
    assert found.vector == pytest.approx(expected, abs=1e-5)
    assert found.tokens is None
    assert notes == []
    assert embed_for_any(QUESTION, spec_for(model), made.embedders()) == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize(
    ("model", "pooling", "query"), [(ARCTIC, "first", SEARCHING), (NOMIC, "mean", "search_query: ")]
)
def test_search_by_meaning_gives_the_nearest_first(make, model, pooling, query):
    made = make(model)
    package = made.package()
    nearest = int(np.argmax(package.vectors @ made.tiny.vector(query + QUESTION, pooling)))
    answer = search_docs(made.library(), QUESTION, mode="semantic")
    assert package.chunks[nearest].text in answer.results[0].text
    assert not [note for note in answer.notes if "words only" in note]


def test_another_model_of_the_same_name_is_noticed(make, make_model):
    made = make(ARCTIC)
    ModelStore(made.models).pull(spec_for(ARCTIC), make_model(ARCTIC, seed=2).folder)
    answer = search_docs(made.library(), QUESTION)
    assert any("its vectors were not made by" in note for note in answer.notes)


def test_a_missing_model_is_named_with_the_command_that_fetches_it(make, tmp_path):
    made = make(ARCTIC)
    notes: list[str] = []
    assert embed_query(made.cartridge(), QUESTION, Embedders(ModelStore(tmp_path / "none")), notes) is None
    assert f"`vrom model pull {ARCTIC}`" in notes[0]


def test_the_prefix_takes_some_of_what_the_model_reads(make):
    made = make(NOMIC, target=120)
    embedder = made.embedders().get(spec_for(NOMIC))
    package = made.package()
    counts = [embedder.count_tokens(embedded_text(chunk, package.manifest)) for chunk in package.chunks]
    assert max(counts) <= embedder.max_tokens
