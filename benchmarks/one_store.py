"""One vector store in a process of its own: `python -m benchmarks.one_store make|ask NAME FOLDER`."""

import importlib
import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.stores import TOP

Vectors = NDArray[np.float32]
Query = Callable[[NDArray[np.float32]], list[int]]

BATCH = 1000


def make_vrom(folder: Path, vectors: Vectors) -> None:
    np.save(folder / "vectors.npy", vectors)
    open_vrom(folder)


def open_vrom(folder: Path) -> Query:
    """The index of a cartridge, without the cartridge: exact up to a size, usearch's graph beyond."""
    from vrom.index.dense.dense_index import DenseIndex

    vectors = np.load(folder / "vectors.npy", mmap_mode="r")
    index = DenseIndex.open(vectors, "Cosine", folder / "dense.usearch")
    return lambda query: index.nearest(query, TOP)[0].tolist()


def make_usearch(folder: Path, vectors: Vectors) -> None:
    from usearch.index import Index

    index = Index(ndim=vectors.shape[1], metric="cos", dtype="f32")
    index.add(np.arange(len(vectors), dtype=np.uint64), vectors)
    index.save(str(folder / "index.usearch"))


def open_usearch(folder: Path) -> Query:
    from usearch.index import Index

    index = Index.restore(str(folder / "index.usearch"), view=True)
    return lambda query: index.search(query, TOP).keys.tolist()


def _chroma(folder: Path) -> Any:
    import chromadb

    settings = chromadb.Settings(anonymized_telemetry=False)
    client = chromadb.PersistentClient(str(folder), settings=settings)
    return client.get_or_create_collection("all", metadata={"hnsw:space": "cosine"}, embedding_function=None)


def make_chromadb(folder: Path, vectors: Vectors) -> None:
    collection = _chroma(folder)
    for start in range(0, len(vectors), BATCH):
        part = vectors[start : start + BATCH]
        collection.add(ids=[str(start + i) for i in range(len(part))], embeddings=part)


def open_chromadb(folder: Path) -> Query:
    collection = _chroma(folder)

    def query(vector: NDArray[np.float32]) -> list[int]:
        found = collection.query(query_embeddings=[vector], n_results=TOP, include=[])
        return [int(i) for i in found["ids"][0]]

    return query


def make_lancedb(folder: Path, vectors: Vectors) -> None:
    import lancedb
    import pyarrow as pa

    column = pa.FixedSizeListArray.from_arrays(pa.array(vectors.ravel()), vectors.shape[1])
    rows = pa.table({"id": pa.array(range(len(vectors))), "vector": column})
    lancedb.connect(folder).create_table("all", rows)


def open_lancedb(folder: Path) -> Query:
    import lancedb

    table = lancedb.connect(folder).open_table("all")

    def query(vector: NDArray[np.float32]) -> list[int]:
        found = table.search(vector).distance_type("cosine").limit(TOP).select(["id", "_distance"]).to_arrow()
        ids: list[int] = found["id"].to_pylist()
        return ids

    return query


def make_qdrant_client(folder: Path, vectors: Vectors) -> None:
    from qdrant_client import QdrantClient, models

    client = QdrantClient(path=str(folder))
    client.create_collection(
        "all", vectors_config=models.VectorParams(size=vectors.shape[1], distance=models.Distance.COSINE)
    )
    for start in range(0, len(vectors), BATCH):
        part = vectors[start : start + BATCH]
        points = models.Batch(ids=list(range(start, start + len(part))), vectors=part.tolist())
        client.upsert("all", points)
    client.close()


def open_qdrant_client(folder: Path) -> Query:
    from qdrant_client import QdrantClient

    client = QdrantClient(path=str(folder))

    def query(vector: NDArray[np.float32]) -> list[int]:
        return [
            int(point.id) for point in client.query_points("all", query=vector, limit=TOP, with_payload=False).points
        ]

    return query


def _sqlite(folder: Path) -> Any:
    """By apsw: many a Python's own sqlite3 is built without extensions."""
    import apsw
    import sqlite_vec

    connection = apsw.Connection(str(folder / "vectors.db"))
    connection.enable_load_extension(True)
    connection.load_extension(sqlite_vec.loadable_path())
    return connection


def make_sqlite_vec(folder: Path, vectors: Vectors) -> None:
    connection = _sqlite(folder)
    connection.execute(f"create virtual table v using vec0(e float[{vectors.shape[1]}] distance_metric=cosine)")
    with connection:
        rows = ((i, row.tobytes()) for i, row in enumerate(vectors))
        connection.executemany("insert into v(rowid, e) values (?, ?)", rows)


def open_sqlite_vec(folder: Path) -> Query:
    connection = _sqlite(folder)

    def query(vector: NDArray[np.float32]) -> list[int]:
        found = connection.execute("select rowid from v where e match ? and k = ?", (vector.tobytes(), TOP))
        return [row[0] for row in found]

    return query


def ask(name: str, folder: Path, queries: Vectors) -> dict[str, Any]:
    """Seconds to import and open (the first answer included) and per query, bytes of memory, ids found."""
    before = _resident()
    begun = time.perf_counter()
    query = globals()[f"open_{name.replace('-', '_')}"](folder)
    query(queries[-1])
    opened = time.perf_counter() - begun
    ids, times = [], []
    for vector in queries:
        begun = time.perf_counter()
        ids.append(query(vector))
        times.append(time.perf_counter() - begun)
    times.sort()
    memory = _resident() - before
    return {
        "open": opened,
        "p50": times[len(times) // 2],
        "p99": times[int(len(times) * 0.99)],
        "memory": memory,
        "ids": ids,
    }


def _resident() -> int:
    """Bytes of this process that are in memory; 0 where the system doesn't tell in /proc."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()
    except OSError:
        return 0


def main(task: str, name: str, work: Path) -> None:
    folder = work / name
    if task == "make":
        if name not in {"vrom", "usearch"}:
            importlib.import_module(name.replace("-", "_"))
        folder.mkdir(exist_ok=True)
        globals()[f"make_{name.replace('-', '_')}"](folder, np.load(work / "vectors.npy"))
        found = {}
    else:
        found = ask(name, folder, np.load(work / "queries.npy"))
    print("\n" + json.dumps(found), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
