"""Check of a store: what a server must be able to do, what it must not, and whether all rows are there."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg.conninfo import make_conninfo

from vrom.errors import StoreUnavailableError
from vrom.store.breaker import CONNECT_SECONDS, UNREACHABLE
from vrom.store.driver import Line
from vrom.store.postgres.database import reason_of
from vrom.store.postgres.schema import READER, ROWS, ensure_version

if TYPE_CHECKING:
    from psycopg import Connection


def read_lines(url: str) -> list[Line]:
    """Cartridges that are loaded, by id. Raises `StoreUnavailableError` or `StoreError`."""
    with _connect(url) as connection:
        rows = connection.execute(
            "SELECT s.name, c.id, c.version, c.chunks, to_char(c.loaded, 'YYYY-MM-DD') FROM vrom.cartridges c "
            "JOIN vrom.spaces s ON s.number = c.space WHERE c.retired IS NULL ORDER BY c.id, c.version, s.name"
        ).fetchall()
    return [Line(*row) for row in rows]


def find_problems(url: str) -> list[str]:
    """Problems of a store, each with its remedy. Raises `StoreUnavailableError` or `StoreError`."""
    with _connect(url) as connection:
        return [*_rights(connection), *_security(connection), *_missing(connection), *_failed(connection)]


def _connect(url: str) -> "Connection[Any]":
    try:
        connection = psycopg.connect(make_conninfo(url, connect_timeout=CONNECT_SECONDS), autocommit=True)
    except psycopg.OperationalError as error:
        raise StoreUnavailableError(f"{UNREACHABLE} {reason_of(error, url)}") from error
    try:
        ensure_version(connection)
        connection.execute(
            "SELECT set_config('vrom.spaces', (SELECT coalesce(array_agg(number), '{}') FROM vrom.spaces)::text, false)"
        )
    except BaseException:
        connection.close()
        raise
    return connection


def _rights(connection: "Connection[Any]") -> Iterator[str]:
    row = connection.execute(
        "SELECT current_user, has_table_privilege('vrom.cartridges', 'INSERT'), rolbypassrls OR rolsuper "
        "FROM pg_roles WHERE rolname = current_user"
    ).fetchone()
    assert row
    if row[1] or row[2]:
        yield (
            f"The role {row[0]!r} may write, or see all spaces: right for `vrom load`, too much for `vrom serve`. "
            f"`CREATE ROLE vrom_server LOGIN IN ROLE {READER}` makes one that may only read."
        )


def _security(connection: "Connection[Any]") -> Iterator[str]:
    rows = connection.execute(
        "SELECT relname FROM pg_class WHERE relnamespace = 'vrom'::regnamespace AND relkind = 'r' "
        "AND relname = ANY (%s) AND NOT relrowsecurity ORDER BY 1",
        [["cartridges", *ROWS]],
    )
    yield from (
        f"Row-level security of {name} is off. `ALTER TABLE vrom.{name} ENABLE ROW LEVEL SECURITY`." for (name,) in rows
    )


def _missing(connection: "Connection[Any]") -> Iterator[str]:
    rows = connection.execute(
        "SELECT id, version FROM vrom.cartridges c WHERE retired IS NULL AND NOT ("
        "chunks = (SELECT count(*) FROM vrom.texts t WHERE t.cartridge = c.number) AND "
        "chunks = (SELECT count(*) FROM vrom.vectors v WHERE v.cartridge = c.number) AND "
        "EXISTS (SELECT FROM vrom.postings p WHERE p.cartridge = c.number) AND "
        "EXISTS (SELECT FROM vrom.statistics s WHERE s.cartridge = c.number)) ORDER BY id, version"
    )
    yield from (f"Rows of {name} {version} are missing. Unload it, and load it again." for name, version in rows)


def _failed(connection: "Connection[Any]") -> Iterator[str]:
    """Loads from registries that failed the last time; only a role that loads sees them."""
    if connection.execute("SELECT has_table_privilege('vrom.wanted', 'SELECT')").fetchone() != (True,):
        return
    rows = connection.execute(
        "SELECT id, version, registry, problem FROM vrom.wanted WHERE problem <> '' ORDER BY id, version"
    )
    yield from (f"{name} {version} of {registry} can't be loaded: {why}" for name, version, registry, why in rows)
