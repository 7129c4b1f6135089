"""A store in PostgreSQL, for commands and servers."""

from vrom.store.database_store import DatabaseStore
from vrom.store.driver import Driver
from vrom.store.postgres.check import find_problems, read_lines
from vrom.store.postgres.database import Database, checked_url, connect
from vrom.store.postgres.engine import Postgres
from vrom.store.postgres.load import load, sweep, unload


def open_store(url: str) -> DatabaseStore:
    """The store of a database; it is connected to when it is first asked."""
    return DatabaseStore(Postgres(Database(url)))


DRIVER = Driver(checked_url, open_store, connect, load, unload, sweep, read_lines, find_problems, takes_registries=True)
