"""What Milvus is asked, and how its answers become candidates."""

import threading

import pytest

from vrom.answers.passages.spans import spans_of
from vrom.index.cartridge import Cartridge
from vrom.search.rank import rank
from vrom.store.milvus import engine as engines
from vrom.store.milvus import gather
from vrom.store.milvus.catalogue import LIVE, put_change, put_row, read_rows, version_key

QUERIES = ["Why does a glaze crawl?", "cone five kiln", "wipe the pot first", "version 2 of the kiln controller"]


@pytest.fixture
def now():
    return [1000.0]


@pytest.fixture
def store(open_store, writer, cartridge, now):
    writer.load(cartridge)
    opened = open_store()
    opened.engine._clock = lambda: now[0]
    return opened


@pytest.fixture
def shelf(store):
    (entry,) = store.catalogue()
    return store.shelf(entry)


@pytest.fixture
def requests(store, monkeypatch):
    """Every request that is sent from now on: collection, filter and consistency level."""
    sent, lock = [], threading.Lock()
    database = store.engine.database
    connected = database._connected

    class Recorded:
        def __init__(self, client):
            self._client = client

        def __getattr__(self, name):
            def call(collection, **options):
                with lock:
                    sent.append((collection, options["filter"], options["consistency_level"]))
                return getattr(self._client, name)(collection, **options)

            return call

    monkeypatch.setattr(database, "_connected", lambda: Recorded(connected()))
    return sent


def ranked(store, shelves, query, embedders, mode="hybrid"):
    return rank(shelves, query, mode=mode, embedders=embedders, limit=10, store=store)


def test_a_query_takes_one_search_of_each_collection_and_one_read_of_texts(store, shelf, embedders, requests):
    ranked(store, [shelf], QUERIES[0], embedders)
    requests.clear()
    store._documents = type(store._documents)(1)
    spans_of(ranked(store, [shelf], QUERIES[0], embedders).hits, 1, 3)
    assert sorted(collection for collection, _, _ in requests) == [
        "vrom_contents", "vrom_pairs", "vrom_vectors_384", "vrom_words"
    ]  # fmt: skip


def test_word_pieces_of_all_cartridges_are_read_in_one_request(open_store, writer, pieced, embedders, monkeypatch):
    for one in pieced:
        writer.load(one)
    store = open_store()
    shelves = list(map(store.shelf, store.catalogue()))
    read, kinds = store.engine._contents, []
    monkeypatch.setattr(store.engine, "_contents", lambda *given: kinds.append(given[1]) or read(*given))
    ranked(store, shelves, QUERIES[0], embedders)
    assert kinds.count("pieces") == 1


def test_every_request_for_rows_is_bounded_to_the_spaces_of_the_cartridges(
    store, writer, embedders, requests, cartridge
):
    writer.load(cartridge, "team")
    store.look()
    for entry in store.catalogue():
        requests.clear()
        ranked(store, [store.shelf(entry)], QUERIES[0], embedders)
        rows = [condition for collection, condition, _ in requests if collection != "vrom_catalogue"]
        assert len(rows) >= 3
        assert all(condition.startswith(f'space in ["{entry.space}"] and (') for condition in rows)


@pytest.mark.parametrize("first", [1, 2, 5])
@pytest.mark.parametrize("mode", ["hybrid", "semantic", "lexical"])
def test_what_the_first_search_does_not_return_is_asked_for(
    first, mode, store, writer, shelf, cartridge, embedder, embedders, write_package, tmp_path, monkeypatch
):
    """A cartridge, or several, with more rows than a search returns."""
    other = {"sail.md": ["# Sail\n\nWipe the deck first.", "## Five knots\n\nFive knots every sailor ties."]}
    sailing = Cartridge.open(write_package(tmp_path / "other", "sailing", other, embedder=embedder))
    writer.load(sailing)
    store.look()
    shelves = sorted(map(store.shelf, store.catalogue()), key=lambda shelf: shelf.id)
    monkeypatch.setattr(gather, "FIRST", first)
    for query in QUERIES:
        local = rank([cartridge, sailing], query, mode=mode, embedders=embedders, limit=10)
        stored = ranked(store, shelves, query, embedders, mode)
        known = {(hit.cartridge.id, hit.chunk_id): hit.score for hit in local.hits}
        for hit in stored.hits:
            assert hit.score == pytest.approx(known[hit.cartridge.id, hit.chunk_id], abs=2e-3)
        assert (stored.hits[0].cartridge.id, stored.hits[0].chunk_id) == next(iter(known))


def test_rows_are_read_with_strong_consistency_until_replicas_must_have_them(store, shelf, embedders, requests, now):
    def levels():
        requests.clear()
        ranked(store, [shelf], QUERIES[0], embedders)
        return {level for collection, _, level in requests if collection != "vrom_catalogue"}

    assert levels() == {"Strong"}
    now[0] += engines.NEW_SECONDS + 1
    assert levels() == {"Bounded"}


def test_the_catalogue_is_read_when_a_load_says_so_or_after_a_while(store, shelf, writer, requests, now, cartridge):
    assert store.catalogue()
    before = store.catalogue()
    requests.clear()
    store.look()
    assert len(requests) == 1
    assert store.catalogue() is before
    number = read_rows(writer.connection, LIVE)[0]["number"]
    writer.connection.delete("vrom_catalogue", filter=f'id in ["{version_key("public", "pottery", "1.0.0")}"]')
    store.look()
    assert store.catalogue() is before  # a load that was killed here has changed the catalogue, but not said so
    now[0] += engines.LOOK_SECONDS + 1
    store.look()
    assert not store.catalogue()
    put_row(
        writer.connection, version_key("public", "pottery", "1.0.0"), LIVE, number, space="public", name="pottery",
        version="1.0.0", digest=cartridge.digest, chunks=cartridge.size,
    )  # fmt: skip
    put_change(writer.connection)
    store.look()
    assert [entry.number for entry in store.catalogue()] == [number]


def test_a_cartridge_whose_rows_are_missing_is_left_out(store, writer, cartridge):
    writer.load(cartridge, "team")
    number = max(read_rows(writer.connection, LIVE), key=lambda row: row["space"])["number"]
    writer.connection.delete("vrom_contents", filter=f"cartridge in [{number}]")
    store.look()
    assert [entry.space for entry in store.catalogue()] == ["public"]
