"""Cartridges in PostgreSQL are ranked and read as local ones."""

import numpy as np
import pytest

from vrom.answers.passages.spans import spans_of
from vrom.errors import StoreError
from vrom.index.cartridge import Cartridge
from vrom.index.tokens import TokenIndex, token_arrays
from vrom.search.rank import rank
from vrom.store.postgres.arrays import Numbers
from vrom.store.postgres.load import load
from vrom.store.postgres.statement import GATHER, PIECES
from vrom.store.shelf import decode_chunk

QUERIES = [
    "Why does a glaze crawl?",
    "stonewear cone five",
    "kubernetes ingress",
    "wipe_first",
    "what changed in version 2",
]


@pytest.fixture
def store(open_store, writer, cartridge):
    load(writer, cartridge, "public")
    return open_store()


@pytest.fixture
def shelf(store):
    (entry,) = store.catalogue()
    return store.shelf(entry)


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
    load(writer, sailing, "public")
    store.look()
    shelves = {entry.manifest.vrom_id: store.shelf(entry) for entry in store.catalogue()}
    for query in QUERIES:
        local = rank([cartridge, sailing], query, mode="hybrid", embedders=embedders, limit=10)
        both = [shelves["pottery"], shelves["sailing"]]
        stored = rank(both, query, mode="hybrid", embedders=embedders, limit=10, store=store)
        assert [(hit.cartridge.id, hit.chunk_id) for hit in stored.hits] == [
            (h.cartridge.id, h.chunk_id) for h in local.hits
        ]


@pytest.fixture
def pieced(cartridge, write_package, embedder, tmp_path):
    """Two cartridges with word pieces, drawn at random."""
    other = {"sail.md": ["# Sail\n\nWipe the deck first.", "## Five knots\n\nFive knots every sailor ties."]}
    sailing = Cartridge.open(write_package(tmp_path / "other", "sailing", other, embedder=embedder))
    random = np.random.default_rng(5)
    for one, sizes in ((cartridge, (9, 4, 0, 7, 30, 1, 12, 3)), (sailing, (5, 11))):
        codes = [random.integers(0, 2**63, (held, 3)).astype(np.uint64) for held in sizes]
        one.tokens = TokenIndex.of(token_arrays(random.integers(1, 200, 30_522).astype(np.uint8), codes))
    return [cartridge, sailing]


def test_word_pieces_of_all_cartridges_are_compared_as_they_are_here_in_one_round_trip(
    open_store, writer, pieced, embedders, monkeypatch
):
    for one in pieced:
        load(writer, one, "public")
    store = open_store()
    shelves = sorted(map(store.shelf, store.catalogue()), key=lambda shelf: shelf.id)
    trips = []
    read = store.database.read
    monkeypatch.setattr(store.database, "read", lambda *given: trips.append(given[0]) or read(*given))
    for query in QUERIES:
        trips.clear()
        local = rank(pieced, query, mode="hybrid", embedders=embedders, limit=10)
        stored = rank(shelves, query, mode="hybrid", embedders=embedders, limit=10, store=store)
        said = [(hit.cartridge.id, hit.chunk_id) for hit in stored.hits]
        assert said == [(hit.cartridge.id, hit.chunk_id) for hit in local.hits]
        assert [hit.score for hit in stored.hits] == pytest.approx([hit.score for hit in local.hits], abs=2e-3)
        assert trips.count(PIECES) == (0 if query == "wipe_first" else 1)  # a name is looked up, not compared


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


def test_a_query_takes_two_round_trips_once_statistics_are_known(store, shelf, embedders, monkeypatch):
    rank([shelf], QUERIES[0], mode="hybrid", embedders=embedders, limit=10, store=store)
    store._documents = type(store._documents)(1)
    trips = []
    read = store.database.read
    monkeypatch.setattr(store.database, "read", lambda *given: trips.append(given[0]) or read(*given))
    spans_of(rank([shelf], QUERIES[0], mode="hybrid", embedders=embedders, limit=3, store=store).hits, 1, 3)
    assert len(trips) == 2


@pytest.mark.parametrize(
    "damage",
    [
        "DELETE FROM vrom.vectors WHERE chunk = 1",
        "DELETE FROM vrom.documents WHERE document = 0",
        "DELETE FROM vrom.postings",
        "UPDATE vrom.postings SET terms = substring(terms FROM 1 FOR 40)",
        "UPDATE vrom.postings SET sections = ''",
    ],
)
def test_rows_that_are_missing_are_said_and_no_answer_comes_of_the_others(store, shelf, writer, embedders, damage):
    assert shelf.statistics.size
    writer.execute(damage)
    with pytest.raises(StoreError, match="Load it again"):
        rank([shelf], "Why does a glaze crawl?", mode="hybrid", embedders=embedders, limit=3, store=store)


def test_vectors_of_another_model_are_not_searched(open_store, writer, write_package, embedders, tmp_path):
    load(writer, Cartridge.open(write_package(tmp_path, "random", {"a.md": ["One text.", "Two texts."]})), "public")
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


def test_the_planner_reads_cartridges_by_their_key(store, writer, shelf):
    """With many cartridges in the tables no plan reads them whole, and no index of vectors is there to be filtered."""
    for table in ("vectors", "documents", "postings"):
        columns = [row[0] for row in writer.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_schema = 'vrom' AND table_name = %s "
            "AND column_name <> 'cartridge' ORDER BY ordinal_position", [table]
        )]  # fmt: skip
        names = ", ".join(columns)
        writer.execute(
            f"INSERT INTO vrom.{table} (cartridge, {names}) "
            f"SELECT n, {names} FROM vrom.{table}, generate_series(100, 900) n"
        )
        writer.execute(f"ANALYZE vrom.{table}")
    parameters = {name: Numbers([1]) for name in ("firsts", "euclidean", "kinds", "starts", "lengths")}
    parameters |= {name: Numbers([shelf.entry.number]) for name in ("cartridges", "of")}
    parameters |= {"lasts": Numbers([384]), "vectors": Numbers(np.ones(384), "f")}
    plan = "\n".join(row[0] for row in store.database.read(f"EXPLAIN {GATHER}", parameters, [1]))
    assert "Seq Scan" not in plan
    for index in ("vectors_pkey", "documents_pkey", "postings_pkey"):
        assert index in plan
    indexes = [row[0] for row in writer.execute("SELECT indexdef FROM pg_indexes WHERE schemaname = 'vrom'")]
    assert not [one for one in indexes if "hnsw" in one or "ivfflat" in one]
