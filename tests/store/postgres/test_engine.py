"""What PostgreSQL is asked, and how it reads."""

import numpy as np
import pytest

from vrom.answers.passages.spans import spans_of
from vrom.errors import StoreError
from vrom.search.rank import rank
from vrom.store.postgres.arrays import Numbers
from vrom.store.postgres.statement import GATHER, PIECES

QUERY = "Why does a glaze crawl?"


def test_a_query_takes_two_round_trips_once_statistics_are_known(store, shelf, embedders, monkeypatch):
    rank([shelf], QUERY, mode="hybrid", embedders=embedders, limit=10, store=store)
    store._documents = type(store._documents)(1)
    trips = []
    database = store.engine.database
    read = database.read
    monkeypatch.setattr(database, "read", lambda *given: trips.append(given[0]) or read(*given))
    spans_of(rank([shelf], QUERY, mode="hybrid", embedders=embedders, limit=3, store=store).hits, 1, 3)
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
def test_rows_that_are_missing_are_said_and_no_answer_comes_of_the_others(store, shelf, connection, embedders, damage):
    assert shelf.statistics.size
    connection.execute(damage)
    with pytest.raises(StoreError, match="Load it again"):
        rank([shelf], "Why does a glaze crawl?", mode="hybrid", embedders=embedders, limit=3, store=store)


def test_word_pieces_of_all_cartridges_are_read_in_one_round_trip(open_store, writer, pieced, embedders, monkeypatch):
    for one in pieced:
        writer.load(one)
    store = open_store()
    shelves = list(map(store.shelf, store.catalogue()))
    trips = []
    database = store.engine.database
    read = database.read
    monkeypatch.setattr(database, "read", lambda *given: trips.append(given[0]) or read(*given))
    for query, times in ((QUERY, 1), ("wipe_first", 0)):  # a name is looked up, not compared
        trips.clear()
        rank(shelves, query, mode="hybrid", embedders=embedders, limit=10, store=store)
        assert trips.count(PIECES) == times


def test_the_planner_reads_cartridges_by_their_key(store, connection, shelf):
    """With many cartridges in the tables no plan reads them whole, and no index of vectors is there to be filtered."""
    for table in ("vectors", "documents", "postings"):
        columns = [row[0] for row in connection.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_schema = 'vrom' AND table_name = %s "
            "AND column_name <> 'cartridge' ORDER BY ordinal_position", [table]
        )]  # fmt: skip
        names = ", ".join(columns)
        connection.execute(
            f"INSERT INTO vrom.{table} (cartridge, {names}) "
            f"SELECT n, {names} FROM vrom.{table}, generate_series(100, 900) n"
        )
        connection.execute(f"ANALYZE vrom.{table}")
    parameters = {name: Numbers([1]) for name in ("firsts", "euclidean", "kinds", "starts", "lengths")}
    parameters |= {name: Numbers([shelf.entry.number]) for name in ("cartridges", "of")}
    parameters |= {"lasts": Numbers([384]), "vectors": Numbers(np.ones(384), "f")}
    plan = "\n".join(row[0] for row in store.engine.database.read(f"EXPLAIN {GATHER}", parameters, [1]))
    assert "Seq Scan" not in plan
    for index in ("vectors_pkey", "documents_pkey", "postings_pkey"):
        assert index in plan
    indexes = [row[0] for row in connection.execute("SELECT indexdef FROM pg_indexes WHERE schemaname = 'vrom'")]
    assert not [one for one in indexes if "hnsw" in one or "ivfflat" in one]
