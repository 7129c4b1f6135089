"""The database at an address: PostgreSQL or Milvus by its scheme, if the extra is installed."""

from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING

from vrom.errors import StoreError

if TYPE_CHECKING:
    from vrom.store.database_store import DatabaseStore
    from vrom.store.driver import Driver

_NEEDED = {"postgres": ("pgvector", "psycopg", "psycopg_pool"), "milvus": ("pymilvus",)}
"""By extra, what it installs."""
_MILVUS = ("milvus:", "milvus+tls:")


def check_address(url: str, *, is_argument: bool) -> None:
    """Raise `InvalidArgumentError` for an address that can't be read, or a secret in an argument."""
    driver_of(url).check_address(url, is_argument=is_argument)


def open_store(url: str) -> "DatabaseStore":
    """The store at an address; it is connected to when it is first asked."""
    return driver_of(url).open_store(url)


def driver_of(url: str) -> "Driver":
    """The engine at an address. Raises `StoreError` with the remedy unless its extra is installed."""
    extra = "milvus" if url.lower().startswith(_MILVUS) else "postgres"
    if not all(map(find_spec, _NEEDED[extra])):
        raise StoreError(f"A store at this address needs the extra vrom[{extra}]: `pip install 'vrom[{extra}]'`.")
    driver: Driver = import_module(f"vrom.store.{extra}.driver").DRIVER
    return driver
