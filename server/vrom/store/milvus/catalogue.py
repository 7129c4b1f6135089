"""Rows of the catalogue: versions that are live, numbers that have rows, and whether anything has changed."""

import hashlib
import secrets
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import orjson

from vrom.errors import StoreError
from vrom.store.milvus.expressions import one_of
from vrom.store.milvus.schema import CATALOGUE, EMPTY, NUMBERS, VERSION, ensure_known

if TYPE_CHECKING:
    from pymilvus import MilvusClient

LIVE, ROWS, RETIRED = "live", "rows", "retired"
"""States of a row: a version that is live, a number that has rows, a number whose rows are to go."""
ABOUT = "about"
"""Id of the row that has the version of the collections, and in `digest` what is new whenever anything changes."""
COLUMNS = ("id", "state", "space", "name", "version", "digest", "number", "chunks", "changed", "chance")
_SECONDS = 60.0


def version_key(space: str, cartridge_id: str, version: str) -> str:
    """Id of the row of a version."""
    return hashlib.sha256(orjson.dumps([space, cartridge_id, version])).hexdigest()


def number_key(number: int) -> str:
    """Id of the row of a number."""
    return f"{ROWS} {number}"


def put_row(client: "MilvusClient", key: str, state: str, number: int, **columns: Any) -> None:
    """Write a row, in one request, instead of the one with this key."""
    row = {
        "id": key, "state": state, "number": number, "space": "", "name": "", "version": "", "digest": "",
        "chunks": 0, "chance": 0.0, "changed": int(time.time()), "vector": [0.0, 1.0], **columns,
    }  # fmt: skip
    client.upsert(CATALOGUE, [row], timeout=_SECONDS)


def put_change(client: "MilvusClient") -> None:
    """Have servers read the catalogue again."""
    put_row(client, ABOUT, ABOUT, VERSION, digest=secrets.token_hex(16))


def find_row(client: "MilvusClient", key: str) -> dict[str, Any] | None:
    """The row with this id, as it is now; None if there is none."""
    found = _read(client, one_of("id", [key]))
    return found[0] if found else None


def read_rows(client: "MilvusClient", *states: str) -> list[dict[str, Any]]:
    """Rows in these states, as they are now."""
    return _read(client, one_of("state", states))


def _read(client: "MilvusClient", condition: str) -> list[dict[str, Any]]:
    return list(
        client.query(
            CATALOGUE, filter=condition, output_fields=list(COLUMNS), consistency_level="Strong", timeout=_SECONDS
        )
    )


def new_number(client: "MilvusClient") -> int:
    """A number that has no rows yet, noted as one that has."""
    while True:
        number = 1 + secrets.randbelow(NUMBERS - 1)
        if not find_row(client, number_key(number)):
            put_row(client, number_key(number), ROWS, number)
            return number


def delete_rows(client: "MilvusClient", keys: Sequence[str]) -> None:
    """Delete the rows with these ids."""
    client.delete(CATALOGUE, filter=one_of("id", keys), timeout=_SECONDS)


def ensure_version(client: "MilvusClient") -> None:
    """Raise `StoreError` unless the collections exist and are of this version."""
    about = find_row(client, ABOUT) if client.has_collection(CATALOGUE) else None
    if about is None:
        raise StoreError(EMPTY)
    ensure_known(about["number"])
