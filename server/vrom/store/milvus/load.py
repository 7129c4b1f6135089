"""Loading cartridges into Milvus, and taking them out.

Milvus has no transactions. A package is written under a new number, which nobody asks for, and made live by one row of
the catalogue: the key of a version, replaced in one request. Each number has another row there, from before its first
row is written until its last is deleted; so what a load that was killed has left is found and deleted later.
"""

import hashlib
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import orjson

from vrom.errors import NotFoundError
from vrom.store.driver import Loaded
from vrom.store.milvus.catalogue import (
    LIVE,
    RETIRED,
    ROWS,
    delete_rows,
    find_row,
    new_number,
    number_key,
    put_change,
    put_row,
    read_rows,
    version_key,
)
from vrom.store.milvus.database import LOAD_SECONDS, failures
from vrom.store.milvus.expressions import one_of
from vrom.store.milvus.rows import contents_of, dimensions_of, rows_of
from vrom.store.milvus.schema import CONTENTS, PAIRS, WORDS, create_vectors

if TYPE_CHECKING:
    from pymilvus import MilvusClient

    from vrom.index.cartridge import Cartridge

GRACE = 3600
"""Seconds that the rows of a version stay after another has replaced it: longer than any answer is read on."""
UNFINISHED = 86_400
"""Seconds after which a load that hasn't ended is taken for one that was killed."""
_AT_ONCE = 500
_BYTES = 8_000_000


def load(client: "MilvusClient", cartridge: "Cartridge", space: str) -> Loaded:
    """Load an open cartridge into a space; the same contents again change nothing."""
    about = cartridge.manifest
    manifest = orjson.dumps(about.model_dump(mode="json"))
    digest = f"{cartridge.digest} {hashlib.sha256(manifest).hexdigest()}"
    key = version_key(space, about.vrom_id, about.version)
    before = find_row(client, key)
    if before and before["digest"] == digest:
        return Loaded(about.vrom_id, about.version, "unchanged", cartridge.size, before["number"])
    number = new_number(client)
    try:
        create_vectors(client, dimensions_of(cartridge.manifest))
        _insert(client, rows_of(cartridge, number, space))
        _insert(client, ((CONTENTS, row) for row in contents_of(cartridge, number, space, manifest)))
    except BaseException:
        with suppress(*failures()):  # else it is found as a load that hasn't ended
            put_row(client, number_key(number), RETIRED, number)
        raise
    before = find_row(client, key)
    if before and before["digest"] == digest:  # another process was first
        _retire(client, [number])
        return Loaded(about.vrom_id, about.version, "unchanged", cartridge.size, before["number"])
    put_row(
        client, key, LIVE, number, space=space, name=about.vrom_id, version=about.version, digest=digest,
        chunks=cartridge.size, chance=cartridge.chance,
    )  # fmt: skip
    _retire(client, [before["number"]] if before else [])
    return Loaded(about.vrom_id, about.version, "replaced" if before else "loaded", cartridge.size, number)


def unload(client: "MilvusClient", cartridge_id: str, version: str | None, space: str) -> list[str]:
    """Take a version, or all, of a cartridge out of a space; return the versions. Raises `NotFoundError` if none is."""
    every = read_rows(client, LIVE)
    gone = [
        row for row in every
        if row["space"] == space and row["name"] == cartridge_id and version in (None, row["version"])
    ]  # fmt: skip
    if not gone:
        name = f"{cartridge_id}@{version}" if version else cartridge_id
        raise NotFoundError(f"cartridge in space {space!r}", name, sorted({row["name"] for row in every}))
    delete_rows(client, [row["id"] for row in gone])
    _retire(client, [row["number"] for row in gone])
    return [row["version"] for row in gone]


def sweep(client: "MilvusClient", grace: float = GRACE, unfinished: float = UNFINISHED) -> int:
    """Delete the rows of versions that were replaced or unloaded longer than `grace` ago; return how many versions.

    What a load has left that was begun longer than `unfinished` ago, and isn't live, goes as well.
    """
    now = time.time()
    live = {row["number"] for row in read_rows(client, LIVE)}
    old = [
        row for row in read_rows(client, ROWS, RETIRED)
        if row["number"] not in live and row["changed"] <= now - (grace if row["state"] == RETIRED else unfinished)
    ]  # fmt: skip
    numbers = [row["number"] for row in old]
    for start in range(0, len(numbers), _AT_ONCE):
        some = numbers[start : start + _AT_ONCE]
        for collection in row_collections(client):
            client.delete(collection, filter=one_of("cartridge", some), timeout=LOAD_SECONDS)
        delete_rows(client, [number_key(one) for one in some])
    return len(numbers)


def row_collections(client: "MilvusClient") -> list[str]:
    """Collections with the rows of cartridges."""
    vectors = [name for name in client.list_collections() if name.startswith("vrom_vectors_")]
    return [WORDS, PAIRS, CONTENTS, *sorted(vectors)]


def _retire(client: "MilvusClient", numbers: list[int]) -> None:
    """Have the rows of these numbers deleted later, and servers read the catalogue again."""
    for number in numbers:
        put_row(client, number_key(number), RETIRED, number)
    put_change(client)


def _insert(client: "MilvusClient", rows: Iterable[tuple[str, dict[str, Any]]]) -> None:
    for collection, batch in _batches(rows):
        client.insert(collection, batch, timeout=LOAD_SECONDS)


def _batches(rows: Iterable[tuple[str, dict[str, Any]]]) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Rows of one collection at a time, as many as one request is for."""
    collection, size = "", 0
    batch: list[dict[str, Any]] = []
    for name, row in rows:
        if batch and (name != collection or len(batch) >= _AT_ONCE or size >= _BYTES):
            yield collection, batch
            batch, size = [], 0
        collection = name
        batch.append(row)
        size += 100 + 12 * len(row["vector"]) + len(row.get("data", ""))
    if batch:
        yield collection, batch
