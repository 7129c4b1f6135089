"""Loading a package into Milvus, which has no transactions."""

import pytest

from vrom.store.milvus import load as loading
from vrom.store.milvus.catalogue import LIVE, RETIRED, ROWS, read_rows
from vrom.store.milvus.load import load, row_collections, sweep
from vrom.store.milvus.schema import CONTENTS


def rows_by_number(client):
    """Numbers of cartridges that have rows."""
    found = set()
    for name in row_collections(client):
        found |= {row["cartridge"] for row in client.query(name, filter="cartridge > 0", output_fields=["cartridge"])}
    return found


def live(client):
    return {row["number"] for row in read_rows(client, LIVE)}


def test_every_number_that_has_rows_is_in_the_catalogue(client, cartridge):
    load(client, cartridge, "public")
    load(client, cartridge, "team")
    assert rows_by_number(client) == live(client) == {row["number"] for row in read_rows(client, ROWS)}


def test_a_load_that_fails_is_not_seen_and_its_rows_go(client, cartridge, monkeypatch, open_store):
    load(client, cartridge, "public")

    def broken(*_):
        raise RuntimeError

    monkeypatch.setattr(loading, "contents_of", broken)
    with pytest.raises(RuntimeError):
        load(client, cartridge, "team")
    assert [entry.space for entry in open_store().catalogue()] == ["public"]
    assert len(rows_by_number(client)) == 2
    assert sweep(client, grace=0) == 1
    assert rows_by_number(client) == live(client)


def test_what_a_killed_load_has_left_goes_after_a_day(client, cartridge, monkeypatch):
    number = loading.new_number(client)
    loading.create_vectors(client, 384)
    loading._insert(client, loading.rows_of(cartridge, number, "public"))
    assert sweep(client, grace=0) == 0
    assert sweep(client, unfinished=0) == 1
    assert rows_by_number(client) == set()
    assert read_rows(client, ROWS, RETIRED) == []


def test_two_loads_of_the_same_package_at_once_leave_one(client, cartridge, monkeypatch, open_store):
    states, insert = [], loading._insert

    def meanwhile(*given):
        monkeypatch.setattr(loading, "_insert", insert)
        states.append(load(client, cartridge, "public").state)
        insert(*given)

    monkeypatch.setattr(loading, "_insert", meanwhile)
    states.append(load(client, cartridge, "public").state)
    assert states == ["loaded", "unchanged"]
    assert len(open_store().catalogue()) == 1
    assert sweep(client, grace=0) == 1
    assert rows_by_number(client) == live(client)


def test_a_store_that_was_created_in_part_is_completed(url, driver, client, cartridge, open_store):
    client.drop_collection("vrom_catalogue")
    client.drop_collection(CONTENTS)
    with driver.connect(url) as again:
        assert load(again, cartridge, "public").state == "loaded"
    assert len(open_store().catalogue()) == 1


def test_chunks_without_words_and_documents_without_pairs_have_no_rows_of_these(
    client, write_package, embedder, tmp_path, open_store
):
    from vrom.index.cartridge import Cartridge

    cartridge = Cartridge.open(write_package(tmp_path, "marks", {"a.md": ["— — —", "Kiln."]}, embedder=embedder))
    load(client, cartridge, "public")
    assert len(client.query("vrom_vectors_384", filter="cartridge > 0", output_fields=["id"])) == 3
    assert client.query("vrom_pairs", filter="cartridge > 0", output_fields=["id"]) == []
