"""Cartridges of a database are ranked and read as local ones."""

import pytest

from vrom.answers.passages.spans import spans_of
from vrom.errors import StoreError
from vrom.index.cartridge import Cartridge
from vrom.search.rank import rank
from vrom.store.shelf import decode_chunk

PAGES = {
    "kiln.md": ["# Kiln\n\nA kiln is fired slowly.", "## Cone five\n\nStoneware matures at cone five."],
    "glaze.md": ["# Glaze\n\nGlaze melts onto the clay.", "A glaze crawls where dust is: set `wipe_first`."],
}
QUERIES = [
    "Why does a glaze crawl?",
    "stonewear cone five",
    "kubernetes ingress",
    "wipe_first",
    "what changed in version 2",
]


def said(ranking):
    spans = spans_of(ranking.hits, 1, 5)
    return (
        [hit.chunk_id for hit in ranking.hits],
        ranking.notes,
        ranking.absent,
        [(one.chunk_ids, one.document.excerpt(*one.range), one.document.origin(one.hit.chunk_id)) for one in spans],
    )


@pytest.mark.parametrize("mode", ["hybrid", "semantic", "lexical"])
def test_ranking_and_texts_are_those_of_the_local_cartridge(store, shelf, cartridge, embedders, mode):
    for query in QUERIES:
        local = rank([cartridge], query, mode=mode, embedders=embedders, limit=10)
        stored = rank([shelf], query, mode=mode, embedders=embedders, limit=10, store=store)
        assert said(stored) == said(local)
        assert [hit.score for hit in stored.hits] == pytest.approx([hit.score for hit in local.hits], abs=2e-3)


def test_several_cartridges_are_ranked_together(
    store, writer, shelf, cartridge, embedder, embedders, write_package, tmp_path
):
    other = {"sail.md": ["# Sail\n\nWipe the deck first.", "## Five knots\n\nFive knots every sailor ties."]}
    sailing = Cartridge.open(write_package(tmp_path / "other", "sailing", other, embedder=embedder))
    writer.load(sailing)
    store.look()
    shelves = {entry.manifest.vrom_id: store.shelf(entry) for entry in store.catalogue()}
    for query in QUERIES:
        local = rank([cartridge, sailing], query, mode="hybrid", embedders=embedders, limit=10)
        both = [shelves["pottery"], shelves["sailing"]]
        stored = rank(both, query, mode="hybrid", embedders=embedders, limit=10, store=store)
        assert [(hit.cartridge.id, hit.chunk_id) for hit in stored.hits] == [
            (h.cartridge.id, h.chunk_id) for h in local.hits
        ]


@pytest.mark.parametrize("metric", ["Euclidean", "DotProduct"])
def test_similarities_are_those_of_the_cartridges_metric(
    metric, open_store, writer, embedder, embedders, write_package, tmp_path
):
    folder = write_package(tmp_path / metric, "pottery", PAGES, embedder=embedder)
    for file in (folder / "index.json", folder / "manifest.json"):
        file.write_text(file.read_text().replace('"metric": "Cosine"', f'"metric": "{metric}"'))
    cartridge = Cartridge.open(folder)
    assert cartridge.manifest.hnsw_config.metric == metric
    writer.load(cartridge)
    store = open_store()
    shelf = store.shelf(store.catalogue()[0])
    for query in QUERIES:
        local = rank([cartridge], query, mode="semantic", embedders=embedders, limit=10)
        stored = rank([shelf], query, mode="semantic", embedders=embedders, limit=10, store=store)
        assert [hit.chunk_id for hit in stored.hits] == [hit.chunk_id for hit in local.hits]
        assert [hit.score for hit in stored.hits] == pytest.approx([hit.score for hit in local.hits], abs=2e-3)


def test_word_pieces_of_all_cartridges_are_compared_as_they_are_here(open_store, writer, pieced, embedders):
    for one in pieced:
        writer.load(one)
    store = open_store()
    shelves = sorted(map(store.shelf, store.catalogue()), key=lambda shelf: shelf.id)
    for query in QUERIES:
        local = rank(pieced, query, mode="hybrid", embedders=embedders, limit=10)
        stored = rank(shelves, query, mode="hybrid", embedders=embedders, limit=10, store=store)
        said = [(hit.cartridge.id, hit.chunk_id) for hit in stored.hits]
        assert said == [(hit.cartridge.id, hit.chunk_id) for hit in local.hits]
        assert [hit.score for hit in stored.hits] == pytest.approx([hit.score for hit in local.hits], abs=2e-3)


def test_statistics_are_those_of_the_local_cartridge(shelf, cartridge):
    there, here = shelf.lexical, cartridge.lexical
    for term in ("glaz", "kiln", "wipe_first", "nowher"):
        assert there.document_frequency(term) == here.document_frequency(term)
    for pair in (("cone", "five"), ("five", "cone")):
        assert there.pair_frequency(pair) == here.pair_frequency(pair)
    assert sorted(there.speller.candidates("stonewear")) == sorted(here.speller.candidates("stonewear"))
    assert list(there.names) == list(here.names)
    assert there.names.find("dip") == here.names.find("dip") != []
    assert dict(shelf.documents) == dict(cartridge.documents)
    for i in range(cartridge.size):
        assert shelf.chunk(i) == cartridge.chunk(i)
        assert (shelf.title_path(i), shelf.section(i), shelf.mark(i), shelf.document_name(i)) == (
            cartridge.title_path(i), cartridge.section(i), cartridge.mark(i), cartridge.document_name(i)
        )  # fmt: skip
    assert list(shelf.section_paths()) == list(cartridge.section_paths())


def test_vectors_of_another_model_are_not_searched(open_store, writer, write_package, embedders, tmp_path):
    writer.load(Cartridge.open(write_package(tmp_path, "random", {"a.md": ["One text.", "Two texts."]})))
    store = open_store()
    ranking = rank(
        [store.shelf(store.catalogue()[0])], "text", mode="hybrid", embedders=embedders, limit=3, store=store
    )
    assert "searched by words only" in ranking.notes[0]
    assert ranking.hits


@pytest.mark.parametrize("encoded", [b"", b"{", b'{"chunk_id": 4, "text": "x", "source_file": "a"}', b"[]"])
def test_a_chunk_that_is_not_the_one_asked_for_is_refused(encoded):
    with pytest.raises(StoreError):
        decode_chunk(3, encoded)
