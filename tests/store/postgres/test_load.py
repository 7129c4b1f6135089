"""Loading a package into PostgreSQL: all of it or nothing, and never twice."""

import threading

import pytest

from vrom.errors import NotFoundError, StoreError
from vrom.index.cartridge import Cartridge
from vrom.store.postgres.database import connect
from vrom.store.postgres.load import load, sweep, unload
from vrom.store.postgres.rows import half
from vrom.store.postgres.schema import MOST_DIMENSIONS, ROWS, VERSION


@pytest.fixture
def changed(write_package, embedder, tmp_path):
    pages = {"kiln.md": ["# Kiln\n\nA kiln of another kind."]}
    return Cartridge.open(write_package(tmp_path / "changed", "pottery", pages, embedder=embedder))


def counts(writer):
    return {table: writer.execute(f"SELECT count(*) FROM vrom.{table}").fetchone()[0] for table in ROWS}


def test_the_same_contents_again_change_nothing(writer, cartridge):
    assert load(writer, cartridge, "public").state == "loaded"
    before = counts(writer)
    assert load(writer, cartridge, "public").state == "unchanged"
    assert counts(writer) == before
    assert before["texts"] == before["vectors"] == cartridge.size
    assert before["postings"] == before["statistics"] == 1


def test_another_description_is_a_new_package(writer, cartridge, open_store):
    load(writer, cartridge, "public")
    cartridge.manifest = cartridge.manifest.model_copy(update={"description": "Of pots and pans"})
    assert load(writer, cartridge, "public").state == "replaced"
    assert [entry.manifest.description for entry in open_store().catalogue()] == ["Of pots and pans"]


def test_a_new_package_replaces_and_the_old_rows_go_after_a_grace_time(writer, cartridge, changed, open_store):
    load(writer, cartridge, "public")
    store = open_store()
    old = store.shelf(store.catalogue()[0])
    assert load(writer, changed, "public").state == "replaced"
    store.look()
    assert [entry.digest for entry in store.catalogue()] == [changed.digest]
    assert old.chunk(0) == cartridge.chunk(0)  # an answer that is being read goes on with what it began with
    assert sweep(writer) == 0
    assert sweep(writer, "0 seconds") == 1
    assert counts(writer)["texts"] == changed.size


def test_a_load_that_fails_leaves_nothing(writer, cartridge, changed, monkeypatch, open_store):
    load(writer, cartridge, "public")
    before = counts(writer)

    def broken(_):
        raise RuntimeError

    monkeypatch.setitem(load.__globals__["_TABLES"], "texts", ("document, chunk, json", "int4 int4 bytea", broken))
    with pytest.raises(RuntimeError):
        load(writer, changed, "public")
    assert counts(writer) == before
    assert [entry.digest for entry in open_store().catalogue()] == [cartridge.digest]


def test_two_loads_of_the_same_package_at_once_load_it_once(url, writer, cartridge):
    states = []

    def run():
        with connect(url) as own:
            states.append(load(own, cartridge, "public").state)

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(states) == ["loaded", "unchanged"]


def test_versions_and_spaces_are_apart(writer, cartridge, open_store):
    load(writer, cartridge, "public")
    load(writer, cartridge, "team")
    store = open_store()
    assert sorted(entry.space for entry in store.catalogue()) == ["public", "team"]
    assert unload(writer, "pottery", None, "team") == ["1.0.0"]
    store.look()
    assert [entry.space for entry in store.catalogue()] == ["public"]
    with pytest.raises(NotFoundError):
        unload(writer, "pottery", "9.9", "public")


def test_tables_of_a_newer_version_are_refused_with_the_remedy(url, writer, open_store):
    writer.execute("UPDATE vrom.about SET version = %s", [VERSION + 1])
    with pytest.raises(StoreError, match="Update vrom"):
        connect(url)
    with pytest.raises(StoreError, match="Update vrom"):
        open_store().catalogue()


def test_a_database_without_tables_is_refused_with_the_remedy(writer, open_store):
    writer.execute("DROP SCHEMA vrom CASCADE")
    with pytest.raises(StoreError, match="vrom load"):
        open_store().catalogue()


def test_vectors_that_half_precision_does_not_hold_are_refused():
    import numpy as np

    for row in ([70_000.0], [float("inf")], [float("nan")], np.zeros(MOST_DIMENSIONS + 1)):
        with pytest.raises(StoreError):
            half(np.array(row, dtype=np.float32))
