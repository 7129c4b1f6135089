"""A store in Milvus, for commands and servers."""

from vrom.store.database_store import DatabaseStore
from vrom.store.driver import Driver
from vrom.store.milvus.address import checked_url
from vrom.store.milvus.check import find_problems, read_lines
from vrom.store.milvus.database import Database, connect
from vrom.store.milvus.engine import Milvus
from vrom.store.milvus.load import load, sweep, unload


def open_store(url: str) -> DatabaseStore:
    """The store of a database; it is connected to when it is first asked."""
    return DatabaseStore(Milvus(Database(url)))


DRIVER = Driver(
    checked_url, open_store, connect, load, unload, sweep, read_lines, find_problems, takes_registries=False
)
