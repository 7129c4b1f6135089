"""Loading cartridges into a database, and taking them out.

A package is written under a new number, in one transaction, and made live by one row: a reader sees the one version or
the other, never both. The rows of the version before stay for `GRACE`, for answers that are being read.
"""

from collections.abc import Callable, Iterable  # noqa: TC003 - of an annotation at module level
from typing import TYPE_CHECKING, Any

import orjson
from psycopg.sql import SQL, Composed, Identifier

from vrom.errors import NotFoundError
from vrom.store.driver import Loaded
from vrom.store.postgres import rows
from vrom.store.postgres.schema import ROWS
from vrom.store.statistics import pack, statistics_arrays

if TYPE_CHECKING:
    from psycopg import Connection

    from vrom.index.cartridge import Cartridge

GRACE = "1 hour"
"""Interval that the rows of a version stay after another has replaced it: longer than any answer is read on."""


_TABLES: dict[str, tuple[str, str, "Callable[[Cartridge], Iterable[rows.Row]]"]] = {
    "vectors": ("chunk, vector", "int4 halfvec", rows.vector_rows),
    "postings": ("terms, sections, pairs", "bytea bytea bytea", rows.posting_rows),
    "documents": ("document, centre", "int4 halfvec", rows.document_rows),
    "pieces": ("chunk, codes", "int4 bytea", rows.piece_rows),
    "texts": ("document, chunk, json", "int4 int4 bytea", rows.text_rows),
}
"""By table: its columns after cartridge and space, their types, and the rows of a cartridge."""


def load(connection: "Connection[Any]", cartridge: "Cartridge", space: str) -> Loaded:
    """Load an open cartridge into a space, created if need be; the same contents again change nothing."""
    about = cartridge.manifest
    manifest = orjson.dumps(about.model_dump(mode="json"))
    key = (space_number(connection, space), about.vrom_id, about.version)
    with connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [repr(key)])
        before = connection.execute(
            "SELECT number, digest, manifest FROM vrom.cartridges "
            "WHERE (space, id, version) = (%s, %s, %s) AND retired IS NULL",
            key,
        ).fetchone()
        if before and before[1:] == (cartridge.digest, manifest):
            return Loaded(about.vrom_id, about.version, "unchanged", cartridge.size, before[0])
        if before:
            connection.execute("UPDATE vrom.cartridges SET retired = now() WHERE number = %s", [before[0]])
        row = connection.execute(
            "INSERT INTO vrom.cartridges (space, id, version, digest, chunks, chance, manifest) "
            "VALUES (%s, %s, %s, %s, %s, %s, %s) RETURNING number",
            [*key, cartridge.digest, cartridge.size, cartridge.chance, manifest],
        ).fetchone()
        assert row
        _write(connection, cartridge, row[0], key[0])
        connection.execute("UPDATE vrom.about SET changes = changes + 1")
    return Loaded(about.vrom_id, about.version, "replaced" if before else "loaded", cartridge.size, row[0])


def space_number(connection: "Connection[Any]", space: str) -> int:
    """Number of a space, which is created if need be."""
    connection.execute("INSERT INTO vrom.spaces (name) VALUES (%s) ON CONFLICT DO NOTHING", [space])
    row = connection.execute("SELECT number FROM vrom.spaces WHERE name = %s", [space]).fetchone()
    assert row
    return int(row[0])


def _write(connection: "Connection[Any]", cartridge: "Cartridge", number: int, space: int) -> None:
    connection.execute(
        "INSERT INTO vrom.statistics VALUES (%s, %s, %s)", [number, space, pack(statistics_arrays(cartridge))]
    )
    with connection.cursor() as cursor:
        for table, (columns, types, rows_of) in _TABLES.items():
            with cursor.copy(_copy(table, columns)) as copy:
                copy.set_types(["int4", "int4", *types.split()])
                for row in rows_of(cartridge):
                    copy.write_row((number, space, *row))


def _copy(table: str, columns: str) -> Composed:
    names = SQL(", ").join(map(Identifier, ["cartridge", "space", *columns.split(", ")]))
    return SQL("COPY {} ({}) FROM STDIN (FORMAT BINARY)").format(Identifier("vrom", table), names)


def unload(connection: "Connection[Any]", cartridge_id: str, version: str | None, space: str) -> list[str]:
    """Take a version, or all, of a cartridge out of a space; return the versions. Raises `NotFoundError` if none is."""
    with connection.transaction():
        gone = connection.execute(
            "UPDATE vrom.cartridges SET retired = now() WHERE retired IS NULL AND id = %s "
            "AND (%s::text IS NULL OR version = %s) AND space = (SELECT number FROM vrom.spaces WHERE name = %s) "
            "RETURNING version",
            [cartridge_id, version, version, space],
        ).fetchall()
        if not gone:
            found = connection.execute("SELECT DISTINCT id FROM vrom.cartridges WHERE retired IS NULL").fetchall()
            name = f"{cartridge_id}@{version}" if version else cartridge_id
            raise NotFoundError(f"cartridge in space {space!r}", name, [one[0] for one in found])
        versions = [one[0] for one in gone]
        connection.execute(
            "DELETE FROM vrom.wanted WHERE id = %s AND version = ANY (%s) "
            "AND space = (SELECT number FROM vrom.spaces WHERE name = %s)",
            [cartridge_id, versions, space],
        )
        connection.execute("UPDATE vrom.about SET changes = changes + 1")
    return versions


def sweep(connection: "Connection[Any]", grace: str = GRACE) -> int:
    """Delete the rows of versions that were replaced or unloaded longer than `grace` ago; return how many versions.

    A version that another sweep deletes at the same time is left to it.
    """
    with connection.transaction():
        found = connection.execute(
            "SELECT number FROM vrom.cartridges WHERE retired < now() - %s::interval FOR UPDATE SKIP LOCKED", [grace]
        ).fetchall()
        numbers = [one[0] for one in found]
        for table in ROWS:
            statement = SQL("DELETE FROM {} WHERE cartridge = ANY (%s)").format(Identifier("vrom", table))
            connection.execute(statement, [numbers])
        connection.execute("DELETE FROM vrom.cartridges WHERE number = ANY (%s)", [numbers])
    return len(numbers)
