"""Loading a package into PostgreSQL: one transaction, and several at once."""

import threading

import numpy as np
import pytest

from vrom.errors import StoreError
from vrom.store.postgres.database import connect
from vrom.store.postgres.load import load
from vrom.store.postgres.rows import half
from vrom.store.postgres.schema import MOST_DIMENSIONS, ROWS


def counts(connection):
    return {table: connection.execute(f"SELECT count(*) FROM vrom.{table}").fetchone()[0] for table in ROWS}


def test_a_load_that_fails_leaves_nothing(connection, cartridge, monkeypatch, open_store):
    load(connection, cartridge, "public")
    before = counts(connection)

    def broken(_):
        raise RuntimeError

    monkeypatch.setitem(load.__globals__["_TABLES"], "texts", ("document, chunk, json", "int4 int4 bytea", broken))
    with pytest.raises(RuntimeError):
        load(connection, cartridge, "team")
    assert counts(connection) == before
    assert [entry.space for entry in open_store().catalogue()] == ["public"]


def test_two_loads_of_the_same_package_at_once_load_it_once(url, connection, cartridge):
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


def test_vectors_that_half_precision_does_not_hold_are_refused():
    for row in ([70_000.0], [float("inf")], [float("nan")], np.zeros(MOST_DIMENSIONS + 1)):
        with pytest.raises(StoreError):
            half(np.array(row, dtype=np.float32))
