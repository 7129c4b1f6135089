"""A Milvus server that stops, breaks or comes back, between questions."""

import os
import signal
import tempfile
import time

import milvus_lite_server
import pytest

from vrom.errors import StoreError, StoreUnavailableError
from vrom.store.milvus.database import Database, connect
from vrom.store.milvus.schema import CATALOGUE


@pytest.fixture
def server(engine):
    """A server of this test's own, by its process, with a store."""
    pytest.importorskip("milvus_lite", reason="there is no Milvus Lite for this platform")
    with tempfile.TemporaryDirectory(prefix="vrommilvus") as folder:
        process, port = milvus_lite_server.start(folder)
        running = [process]

        def restart():
            running.append(milvus_lite_server.start(folder, port)[0])

        with connect(f"milvus://127.0.0.1:{port}"):
            pass
        yield running, f"milvus://127.0.0.1:{port}", restart
        for one in running:
            milvus_lite_server.stop(one)


def states(database):
    return {row["state"] for row in database.read_every_space(CATALOGUE, ["state"], 'id == "about"', is_new=True)}


def test_a_server_that_is_not_there_is_not_asked_again_for_a_while():
    now = [0.0]
    database = Database("milvus://127.0.0.1:1", clock=lambda: now[0])
    with pytest.raises(StoreUnavailableError, match="can't be reached"):
        states(database)
    begun = time.monotonic()
    for _ in range(20):
        with pytest.raises(StoreUnavailableError):
            states(database)
    assert time.monotonic() - begun < 1
    database.close()


def test_what_the_server_refuses_is_no_outage(url, writer):
    database = Database(url)
    with pytest.raises(StoreError, match="vrom load") as refused:
        database.read_every_space("vrom_nothing", ["id"], 'id == "x"', is_new=True)
    assert not isinstance(refused.value, StoreUnavailableError)
    with pytest.raises(StoreError, match="vrom check"):
        database.read_every_space(CATALOGUE, ["id"], "no such thing", is_new=True)
    assert states(database) == {"about"}
    assert database.breaker.problem == ""
    database.close()


def test_the_driver_logs_nothing(url, writer, capfd):
    test_what_the_server_refuses_is_no_outage(url, writer)
    assert "127.0.0.1" not in "".join(capfd.readouterr())


def test_a_collection_that_is_not_loaded_is_no_outage_and_check_names_it(driver, url, writer, open_store):
    writer.connection.release_collection(CATALOGUE)
    with pytest.raises(StoreError, match="vrom check"):
        open_store().catalogue()
    with driver.connect(url):
        assert driver.find_problems(url) == []
    writer.connection.release_collection("vrom_pairs")
    (problem,) = driver.find_problems(url)
    assert "vrom_pairs isn't loaded" in problem


@pytest.mark.slow
def test_a_stopped_server_holds_nobody_and_a_killed_one_is_asked_again_once_it_is_back(server):
    (process,), url, restart = server
    now = [0.0]
    database = Database(url, clock=lambda: now[0])
    assert states(database) == {"about"}
    os.kill(process.pid, signal.SIGSTOP)
    until = time.monotonic() + 60
    with pytest.raises(StoreUnavailableError, match="too long"):  # noqa: PT012 - until it does
        while time.monotonic() < until:  # what was on its way may still arrive
            states(database)
    milvus_lite_server.stop(process)
    now[0] += 6
    with pytest.raises(StoreUnavailableError):
        states(database)
    restart()
    with connect(url):  # of a server that was started again Milvus Lite loads nothing by itself
        pass
    now[0] += 6
    until = time.monotonic() + 60
    while True:
        try:
            assert states(database) == {"about"}
            break
        except StoreUnavailableError:
            assert time.monotonic() < until, "it was never asked again"
            now[0] += 6
    database.close()
