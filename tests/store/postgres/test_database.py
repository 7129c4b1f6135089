"""A database that stops, breaks or comes back, between questions."""

import os
import signal
import time

import psycopg
import pytest

from vrom.errors import StoreUnavailableError
from vrom.store.postgres.database import Database

ONE = "SELECT 1 WHERE 1 <> ALL (%(spaces)s::int[])"


@pytest.fixture
def database(url, connection):
    opened = Database(url)
    yield opened
    opened.close()


def backends(postgres):
    with psycopg.connect(postgres, autocommit=True) as connection:
        rows = connection.execute("SELECT pid FROM pg_stat_activity WHERE application_name = 'vrom serve'").fetchall()
    return [row[0] for row in rows]


def test_connections_that_were_ended_are_made_again(database, connection):
    assert database.read(ONE, {}, []) == [(1,)]
    connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'vrom serve'")
    assert database.read(ONE, {}, []) == [(1,)]


def test_a_statement_that_takes_too_long_is_ended_and_nothing_is_asked_for_a_while(url, writer):
    now = [0.0]
    database = Database(url, clock=lambda: now[0])
    try:
        assert database.read(ONE, {}, []) == [(1,)]
        with pytest.raises(StoreUnavailableError, match="too long"):
            database.read("SELECT pg_sleep(20) WHERE 1 <> ALL (%(spaces)s::int[])", {}, [])
        begun = time.monotonic()
        with pytest.raises(StoreUnavailableError, match="too long"):
            database.read(ONE, {}, [])
        assert time.monotonic() - begun < 0.1
        now[0] += 6
        assert database.read(ONE, {}, []) == [(1,)]
    finally:
        database.close()


@pytest.mark.slow
def test_a_stopped_server_holds_nobody(database, postgres):
    assert database.read(ONE, {}, []) == [(1,)]
    stopped = backends(postgres)
    for pid in stopped:
        os.kill(pid, signal.SIGSTOP)
    try:
        begun = time.monotonic()
        with pytest.raises(StoreUnavailableError):
            database.read(ONE, {}, [])
        assert time.monotonic() - begun < 6
    finally:
        for pid in stopped:
            os.kill(pid, signal.SIGCONT)


@pytest.mark.slow
def test_a_killed_server_is_asked_again_once_it_is_back(driver, own_postgres, wait_until):
    with driver.connect(own_postgres):
        pass
    database = Database(own_postgres)

    def is_answered():
        try:
            return database.read(ONE, {}, []) == [(1,)]
        except StoreUnavailableError:
            return False

    try:
        assert is_answered()
        os.kill(backends(own_postgres)[0], signal.SIGKILL)  # PostgreSQL then ends all others and recovers
        wait_until(is_answered)
    finally:
        database.close()


def test_no_space_is_seen_that_was_not_named_even_if_the_statement_forgets(database, writer, cartridge):
    writer.load(cartridge, "team")
    forgetful = "SELECT count(*) FROM vrom.texts WHERE %(spaces)s::int[] IS NOT NULL"
    assert database.read(forgetful, {}, []) == [(0,)]
    assert database.read(forgetful, {}, [1]) == [(cartridge.size,)]


def test_a_server_reads_only(database):
    with pytest.raises(Exception, match="store can't answer"):
        database.read("DELETE FROM vrom.spaces WHERE number <> ALL (%(spaces)s::int[])", {}, [])
