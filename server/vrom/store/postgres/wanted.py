"""Lists of registries for a space, and what of them is yet to be loaded: work that any number of processes share.

A process locks the row that it works on, in the transaction that loads the cartridge. Others pass over locked rows. If
it ends in the middle, the database ends its transaction, and the row is free again.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from psycopg.sql import SQL

from vrom.store.postgres.load import space_number

if TYPE_CHECKING:
    from psycopg import Connection

_LISTED = """
CREATE TEMP TABLE IF NOT EXISTS vrom_listed (
    id text, version text, registry text, serial bigint, mark text, is_wanted bool, PRIMARY KEY (id, version)
);
TRUNCATE vrom_listed;
"""
_DUE = SQL("""
w.not_before <= now() AND NOT EXISTS (
    SELECT FROM vrom.cartridges c WHERE c.number = w.loaded AND c.retired IS NULL AND w.done = w.mark
)""")
"""A load is due unless what was last loaded of it is what is listed, and is still there."""
_OURS = SQL("""
JOIN vrom_listed l ON l.is_wanted AND l.id = w.id AND l.version = w.version AND l.registry = w.registry
    AND l.mark = w.mark
""")
_ADD = """
INSERT INTO vrom.wanted (space, id, version, registry, serial, mark)
SELECT %(space)s, l.id, l.version, l.registry, l.serial, l.mark FROM vrom_listed l
WHERE l.is_wanted AND NOT EXISTS (
    SELECT FROM vrom.wanted w WHERE w.space = %(space)s AND w.id = l.id AND w.registry <> l.registry
)
ORDER BY l.id, l.version ON CONFLICT DO NOTHING
"""
_CHANGE = """
WITH changed AS (
    SELECT w.space, w.id, w.version, l.serial, l.mark FROM vrom.wanted w
    JOIN vrom_listed l ON l.id = w.id AND l.version = w.version AND l.registry = w.registry
    WHERE w.space = %(space)s AND w.mark <> l.mark AND w.serial <= l.serial FOR UPDATE OF w SKIP LOCKED
)
UPDATE vrom.wanted w SET mark = changed.mark, serial = changed.serial, tries = 0, problem = '', not_before = now()
FROM changed WHERE w.space = changed.space AND w.id = changed.id AND w.version = changed.version
"""
"""A row that is being loaded is passed over: it changes the next time."""
_CLAIM = SQL("""
SELECT w.id, w.version, w.problem FROM vrom.wanted w {ours} WHERE w.space = %s AND {due}
ORDER BY w.not_before, w.id, w.version LIMIT 1 FOR UPDATE OF w SKIP LOCKED
""").format(ours=_OURS, due=_DUE)
_IS_DUE = SQL("SELECT 1 FROM vrom.wanted w WHERE (space, id, version) = (%s, %s, %s) AND {due}").format(due=_DUE)
_UNLOAD = """
WITH gone AS (
    DELETE FROM vrom.wanted WHERE space = %s AND (id, version) IN (SELECT * FROM unnest(%s::text[], %s::text[]))
    RETURNING loaded
)
UPDATE vrom.cartridges SET retired = now() WHERE retired IS NULL AND number IN (SELECT loaded FROM gone)
"""
_COUNT_DUE = SQL("SELECT count(*) FROM vrom.wanted w {ours} WHERE w.space = %s AND {due}").format(ours=_OURS, due=_DUE)


@dataclass(frozen=True)
class Listed:
    """Version of a cartridge in a registry."""

    id: str
    version: str
    registry: str
    serial: int
    """Serial number of the registry's document; 0 if it has none."""
    mark: str
    """Text that changes with the contents."""
    is_wanted: bool = True
    """False for what is listed, but is not to be loaded."""


@dataclass(frozen=True)
class Claim:
    """Load that this process alone works on."""

    id: str
    version: str
    problem: str
    """Why it failed the last time; empty if it didn't."""


class WantedLoads:
    """Loads of one space that are wanted by what a registry lists."""

    def __init__(self, connection: "Connection[Any]", space: str, listed: Sequence[Listed]) -> None:
        """Note what is listed now. Of a document that is older than one noted before, nothing is taken."""
        self._connection = connection
        self._space = space_number(connection, space)
        with connection.transaction():
            connection.execute(_LISTED)
            with connection.cursor().copy("COPY vrom_listed FROM STDIN") as copy:
                for one in listed:
                    copy.write_row((one.id, one.version, one.registry, one.serial, one.mark, one.is_wanted))
            connection.execute("ANALYZE vrom_listed")
            connection.execute(_ADD, {"space": self._space})
            connection.execute(_CHANGE, {"space": self._space})

    def of_others(self) -> list[str]:
        """Listed ids that another registry has brought into this space: its versions stay, and these are left out."""
        return self._column(
            "SELECT DISTINCT l.id FROM vrom_listed l JOIN vrom.wanted w ON w.id = l.id AND w.registry <> l.registry "
            "WHERE w.space = %s AND l.is_wanted ORDER BY 1"
        )

    def try_again(self) -> None:
        """Make loads due that failed before, without the pause after a failure."""
        self._connection.execute(
            "UPDATE vrom.wanted SET not_before = now() WHERE problem <> '' AND (space, id, version) IN ("
            "SELECT space, id, version FROM vrom.wanted WHERE space = %s AND problem <> '' FOR UPDATE SKIP LOCKED)",
            [self._space],
        )

    @contextmanager
    def claim(self) -> "Iterator[Claim | None]":
        """A load that is due and that no other process works on, for as long as the block runs; None if there is none.

        What the block writes is committed with it: all of it or nothing.
        """
        with self._connection.transaction():
            row = self._connection.execute(_CLAIM, [self._space]).fetchone()
            # Another process may have loaded it while this one looked: only a new statement sees that.
            yield Claim(*row) if row and self._is_due(*row[:2]) else None

    def _is_due(self, cartridge_id: str, version: str) -> bool:
        return self._connection.execute(_IS_DUE, [self._space, cartridge_id, version]).fetchone() is not None

    def finish(self, claim: Claim, number: int) -> None:
        """Note that a load is done, as the cartridge of this number."""
        self._connection.execute(
            "UPDATE vrom.wanted SET done = mark, loaded = %s, tries = 0, problem = '' "
            "WHERE (space, id, version) = (%s, %s, %s)",
            [number, self._space, claim.id, claim.version],
        )

    def fail(self, claim: Claim, problem: str) -> None:
        """Note why a load failed; it is due again after a pause, from a minute to an hour."""
        self._connection.execute(
            "UPDATE vrom.wanted SET problem = %s, tries = tries + 1, "
            "not_before = now() + least(interval '1 minute' * 2 ^ least(tries, 10), interval '1 hour') "
            "WHERE (space, id, version) = (%s, %s, %s)",
            [problem.replace("\0", ""), self._space, claim.id, claim.version],
        )

    def count_due(self) -> int:
        """Number of loads that are due, those that others work on included."""
        row = self._connection.execute(_COUNT_DUE, [self._space]).fetchone()
        return int(row[0]) if row else 0

    def withdrawn(self, registries: Sequence[str]) -> list[tuple[str, str]]:
        """Ids and versions that these registries listed before, and list no more; none that an older document lacks."""
        return self._connection.execute(
            "SELECT w.id, w.version FROM vrom.wanted w WHERE w.space = %s AND w.registry = ANY (%s) AND w.serial <= "
            "coalesce((SELECT max(serial) FROM vrom_listed l WHERE l.registry = w.registry), -1) AND NOT EXISTS ("
            "SELECT FROM vrom_listed l WHERE (l.id, l.version) = (w.id, w.version)) ORDER BY 1, 2",
            [self._space, list(registries)],
        ).fetchall()

    def unload(self, withdrawn: Sequence[tuple[str, str]]) -> None:
        """Forget these versions, and take out what was loaded of them; what was loaded in their place by hand stays."""
        ids, versions = [one[0] for one in withdrawn], [one[1] for one in withdrawn]
        with self._connection.transaction():
            self._connection.execute(_UNLOAD, [self._space, ids, versions])
            self._connection.execute("UPDATE vrom.about SET changes = changes + 1")

    def _column(self, statement: str) -> list[str]:
        return [row[0] for row in self._connection.execute(statement.encode(), [self._space]).fetchall()]
