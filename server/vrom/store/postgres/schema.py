"""Tables of a store, their version, and who may read them.

Every table is clustered by cartridge: a load writes its rows one after another, a query reads those of the cartridges
it is about by the primary key. There is no index over vectors: one over all cartridges would be searched first and
filtered afterwards, which returns too few; one cartridge's vectors are few enough to compare them all. Postings are
not compressed, so that the part of a term is read without the rest.

Every row has its space, so that row-level security costs one comparison a row.
"""

from typing import TYPE_CHECKING, Any

from vrom.errors import StoreError

if TYPE_CHECKING:
    from psycopg import Connection

VERSION = 2
"""Version of the tables: increased whenever they, or the numbers in them, change."""
READER = "vrom_reader"
"""Role that may only read; a server's own role is a member of it."""
EMPTY = "The database has no tables of vrom. `vrom load ID --to URL` creates them."
MOST_DIMENSIONS = 16_000
"""pgvector's limit of a `halfvec`."""

_TABLES = """
CREATE EXTENSION IF NOT EXISTS vector;
CREATE SCHEMA vrom;
CREATE TABLE vrom.about (version int NOT NULL, changes bigint NOT NULL);
INSERT INTO vrom.about VALUES ({version}, 0);
CREATE TABLE vrom.spaces (
    number int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL UNIQUE
);
CREATE TABLE vrom.cartridges (
    number int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    space int NOT NULL REFERENCES vrom.spaces,
    id text NOT NULL,
    version text NOT NULL,
    digest text NOT NULL,
    chunks int NOT NULL,
    chance float8 NOT NULL,
    manifest bytea NOT NULL,
    loaded timestamptz NOT NULL DEFAULT now(),
    retired timestamptz
);
CREATE UNIQUE INDEX live ON vrom.cartridges (space, id, version) WHERE retired IS NULL;
CREATE TABLE vrom.wanted (
    space int REFERENCES vrom.spaces, id text, version text, registry text NOT NULL, serial bigint NOT NULL,
    mark text NOT NULL, done text, loaded int, tries int NOT NULL DEFAULT 0, problem text NOT NULL DEFAULT '',
    not_before timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (space, id, version)
);
CREATE TABLE vrom.statistics (
    cartridge int PRIMARY KEY, space int NOT NULL, arrays bytea STORAGE EXTERNAL NOT NULL
);
CREATE TABLE vrom.vectors (
    cartridge int, chunk int, space int NOT NULL, vector halfvec NOT NULL,
    PRIMARY KEY (cartridge, chunk)
);
CREATE TABLE vrom.postings (
    cartridge int PRIMARY KEY, space int NOT NULL,
    terms bytea STORAGE EXTERNAL NOT NULL, sections bytea STORAGE EXTERNAL NOT NULL,
    pairs bytea STORAGE EXTERNAL NOT NULL
);
CREATE TABLE vrom.documents (
    cartridge int, document int, space int NOT NULL, centre halfvec NOT NULL,
    PRIMARY KEY (cartridge, document)
);
CREATE TABLE vrom.pieces (
    cartridge int, chunk int, space int NOT NULL, codes bytea NOT NULL,
    PRIMARY KEY (cartridge, chunk)
);
CREATE TABLE vrom.texts (
    cartridge int, document int, chunk int, space int NOT NULL, json bytea NOT NULL,
    PRIMARY KEY (cartridge, document, chunk)
);
"""

ROWS = ("statistics", "vectors", "postings", "documents", "pieces", "texts")
"""Tables with the rows of cartridges."""

_SECURITY = """
ALTER TABLE vrom.{table} ENABLE ROW LEVEL SECURITY;
CREATE POLICY spaces ON vrom.{table} FOR SELECT
    USING (space = ANY ((SELECT current_setting('vrom.spaces', true)::int[])::int[]));
"""
_ROLE = """
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') THEN CREATE ROLE {role} NOLOGIN; END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$;
GRANT USAGE ON SCHEMA vrom TO {role};
GRANT SELECT ON ALL TABLES IN SCHEMA vrom TO {role};
REVOKE ALL ON vrom.wanted FROM {role};
"""


def create_schema(connection: "Connection[Any]") -> None:
    """Create the tables unless they exist. Raises `StoreError` if they are of another version."""
    with connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(hashtext('vrom schema'))")  # two loads may be the first
        if connection.execute("SELECT to_regclass('vrom.about')").fetchone() != (None,):
            ensure_version(connection)
            return
        connection.execute(_TABLES.format(version=VERSION).encode())
        for table in ("cartridges", *ROWS):
            connection.execute(_SECURITY.format(table=table).encode())
        connection.execute(_ROLE.format(role=READER).encode())


def ensure_version(connection: "Connection[Any]") -> None:
    """Raise `StoreError` unless the tables exist and are of this version."""
    if connection.execute("SELECT to_regclass('vrom.about')").fetchone() == (None,):
        raise StoreError(EMPTY)
    row = connection.execute("SELECT version FROM vrom.about").fetchone()
    ensure_known(row[0] if row else 0)


def ensure_known(found: int) -> None:
    """Raise `StoreError` with the remedy unless tables of this version are known."""
    if found > VERSION:
        raise StoreError(f"The store has tables of version {found}, this vrom knows {VERSION}. Update vrom.")
    if found < VERSION:
        raise StoreError(
            f"The store has tables of version {found}, expected {VERSION}. The database is a copy: "
            "`DROP SCHEMA vrom CASCADE`, then load the cartridges again."
        )
