"""Check of a store: whether a server's role may write, and whether all rows are there."""

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from vrom.store.driver import Line
from vrom.store.milvus.catalogue import LIVE, read_rows
from vrom.store.milvus.database import connect_to_read
from vrom.store.milvus.expressions import one_of
from vrom.store.milvus.load import row_collections
from vrom.store.milvus.rows import STATISTICS
from vrom.store.milvus.schema import CATALOGUE, CONTENTS

if TYPE_CHECKING:
    from pymilvus import MilvusClient


def read_lines(url: str) -> list[Line]:
    """Cartridges that are loaded, by id. Raises `StoreUnavailableError` or `StoreError`."""
    with connect_to_read(url) as client:
        rows = read_rows(client, LIVE)
    lines = [Line(row["space"], row["name"], row["version"], row["chunks"], _day(row["changed"])) for row in rows]
    return sorted(lines, key=lambda line: (line.id, line.version, line.space))


def find_problems(url: str) -> list[str]:
    """Problems of a store, each with its remedy. Raises `StoreUnavailableError` or `StoreError`."""
    with connect_to_read(url) as client:
        return [*_not_loaded(client), *_missing(client)]


def _day(seconds: int) -> str:
    return time.strftime("%Y-%m-%d", time.localtime(seconds))


def _not_loaded(client: "MilvusClient") -> Iterator[str]:
    for name in [CATALOGUE, *row_collections(client)]:
        state = client.get_load_state(name)["state"]
        if getattr(state, "name", "") != "Loaded":
            yield f"Collection {name} isn't loaded into memory. `client.load_collection({name!r})`."


def _missing(client: "MilvusClient") -> Iterator[str]:
    vectors = [name for name in row_collections(client) if name.startswith("vrom_vectors_")]
    for row in read_rows(client, LIVE):
        own = one_of("cartridge", [row["number"]])
        chunks = f"{own} and id < {row['number'] << 24 | 1 << 23}"
        held = sum(_count(client, name, chunks) for name in vectors)
        statistics = _count(client, CONTENTS, f"{own} and {one_of('kind', [STATISTICS])}")
        if held != row["chunks"] or not statistics:
            yield f"Rows of {row['name']} {row['version']} are missing. Unload it, and load it again."


def _count(client: "MilvusClient", collection: str, condition: str) -> int:
    (row,) = client.query(collection, filter=condition, output_fields=["count(*)"], consistency_level="Strong")
    return int(row["count(*)"])
