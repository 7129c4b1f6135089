"""Collections of a store, their version, and the numbers in them.

Three collections hold what is compared, each with one vector: words of chunks and sections, pairs of words of chunks
and documents, vectors of chunks and centres of documents. In all of them the cartridge is the partition key, so that a
search reads the partitions of the cartridges that it is about. Texts, statistics and word pieces are in a fourth. The
fifth, the catalogue, says which rows are live.
"""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from vrom.errors import StoreError

if TYPE_CHECKING:
    from pymilvus import CollectionSchema, MilvusClient

VERSION = 1
"""Version of the collections: increased whenever they, or the numbers in them, change."""
WORDS, PAIRS, CONTENTS, CATALOGUE = "vrom_words", "vrom_pairs", "vrom_contents", "vrom_catalogue"
EMPTY = "The database has no collections of vrom. `vrom load ID --to URL` creates them."
PARTITIONS = 64
"""Partitions of a collection: cartridges are spread over them by the hash of their number."""
UNITS = 1 << 23
"""Most chunks, sections or documents of a cartridge: an id is its number, 24 bits before these and the kind."""
NUMBERS = 1 << 38
"""Numbers of cartridges are below."""
MOST_DIMENSIONS = 32_768
PART = 65_000
"""Most characters of a text field that are used; Milvus' limit is 65,535 bytes."""
_LAST = 2**32 - 2


def vectors_of(dimensions: int) -> str:
    """Name of the collection of vectors with so many numbers. Raises `StoreError` if Milvus has none so long."""
    if dimensions > MOST_DIMENSIONS:
        raise StoreError(f"The vectors can't be stored: {dimensions} numbers, Milvus has at most {MOST_DIMENSIONS}.")
    return f"vrom_vectors_{dimensions}"


def row_id(cartridge: int, unit: int, *, is_whole: bool) -> int:
    """Id of a chunk's row, or with `is_whole` of its section's or document's."""
    return cartridge << 24 | is_whole << 23 | unit


def split_ids(ids: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.bool_], NDArray[np.int64]]:
    """Cartridge, whether it is a section or document, and its number, of each row."""
    return ids >> 24, (ids >> 23 & 1).astype(np.bool_), ids & (UNITS - 1)


def term_dimensions(hashes: NDArray[Any]) -> NDArray[np.int64]:
    """Dimensions of terms by their CRC-32, so that one query vector is for all cartridges."""
    return np.clip(hashes.astype(np.int64), 1, _LAST)


def pair_dimensions(first: NDArray[Any], second: NDArray[Any]) -> NDArray[np.int64]:
    """Dimensions of pairs of terms, by the CRC-32 of both."""
    mixed = first.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) + second.astype(np.uint64)
    mixed ^= mixed >> np.uint64(32)
    return np.clip((mixed & np.uint64(0xFFFFFFFF)).astype(np.int64), 1, _LAST)


def create_collections(client: "MilvusClient") -> None:
    """Create and load the collections of every cartridge. What exists already stays as it is."""
    from pymilvus import DataType

    for name in (WORDS, PAIRS):
        rows = _rows(client, DataType.INT64)
        rows.add_field("vector", DataType.SPARSE_FLOAT_VECTOR)
        _create(client, name, rows, "SPARSE_INVERTED_INDEX")
    contents = _rows(client, DataType.VARCHAR, max_length=64)
    contents.add_field("kind", DataType.VARCHAR, max_length=16)
    contents.add_field("unit", DataType.INT64)
    contents.add_field("part", DataType.INT64)
    contents.add_field("data", DataType.VARCHAR, max_length=65_535)
    contents.add_field("vector", DataType.FLOAT_VECTOR, dim=2)  # a collection must have one
    _create(client, CONTENTS, contents, "FLAT")
    catalogue = client.create_schema(auto_id=False, enable_dynamic_field=False)
    catalogue.add_field("id", DataType.VARCHAR, is_primary=True, max_length=64)
    for column, length in (("state", 16), ("space", 64), ("name", 1024), ("version", 1024), ("digest", 256)):
        catalogue.add_field(column, DataType.VARCHAR, max_length=length)
    for column in ("number", "chunks", "changed"):
        catalogue.add_field(column, DataType.INT64)
    catalogue.add_field("chance", DataType.DOUBLE)
    catalogue.add_field("vector", DataType.FLOAT_VECTOR, dim=2)
    _create(client, CATALOGUE, catalogue, "FLAT")


def create_vectors(client: "MilvusClient", dimensions: int) -> None:
    """Create and load the collection of vectors with so many numbers. If it exists, it stays as it is."""
    from pymilvus import DataType

    rows = _rows(client, DataType.INT64)
    rows.add_field("vector", DataType.FLOAT_VECTOR, dim=dimensions)
    _create(client, vectors_of(dimensions), rows, "FLAT")


def _rows(client: "MilvusClient", key: Any, **options: int) -> "CollectionSchema":
    rows = client.create_schema(auto_id=False, enable_dynamic_field=False)
    from pymilvus import DataType

    rows.add_field("id", key, is_primary=True, **options)
    rows.add_field("cartridge", DataType.INT64, is_partition_key=True)
    rows.add_field("space", DataType.VARCHAR, max_length=64)
    return rows


def _create(client: "MilvusClient", name: str, schema: "CollectionSchema", index: str) -> None:
    """Create a collection whose vectors are compared by their inner product, and load it."""
    has_key = any(field.is_partition_key for field in schema.fields)
    if not client.has_collection(name):
        client.create_collection(name, schema=schema, **({"num_partitions": PARTITIONS} if has_key else {}))
    if not client.list_indexes(name):
        indexes = client.prepare_index_params()
        indexes.add_index("vector", index_type=index, metric_type="IP")
        if has_key:
            indexes.add_index("cartridge", index_type="INVERTED")
        client.create_index(name, indexes, sync=False)
    client.load_collection(name)


def ensure_known(found: int) -> None:
    """Raise `StoreError` with the remedy unless collections of this version are known."""
    if found > VERSION:
        raise StoreError(f"The store has collections of version {found}, this vrom knows {VERSION}. Update vrom.")
    if found < VERSION:
        raise StoreError(
            f"The store has collections of version {found}, expected {VERSION}. The database is a copy: drop the "
            "collections vrom_*, then load the cartridges again."
        )
