"""The database at an address: PostgreSQL, if its extra is installed."""

from typing import TYPE_CHECKING

from vrom.errors import StoreError

if TYPE_CHECKING:
    from vrom.store.postgres.store import PostgresStore

_MISSING = "Databases need the extra vrom[postgres]: `pip install 'vrom[postgres]'`."


def check_address(url: str, *, is_argument: bool) -> None:
    """Raise `InvalidArgumentError` for an address that can't be read, or a password in an argument."""
    ensure_installed()
    from vrom.store.postgres.database import checked_url

    checked_url(url, is_argument=is_argument)


def open_store(url: str) -> "PostgresStore":
    """The store at an address; it is connected to when it is first asked."""
    ensure_installed()
    from vrom.store.postgres.database import Database
    from vrom.store.postgres.store import PostgresStore

    return PostgresStore(Database(url))


def ensure_installed() -> None:
    """Raise `StoreError` with the remedy unless the extra is installed."""
    try:
        import pgvector  # noqa: F401
        import psycopg_pool  # noqa: F401
    except ImportError as error:
        raise StoreError(_MISSING) from error
