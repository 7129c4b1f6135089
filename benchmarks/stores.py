"""Local vector stores that hold the same vectors: a query, opening, size on disk, memory, recall.

Each store is used as its own guide says, with its default index, in a process of its own. Telemetry is switched off.
"""

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.corpus import Corpus, questions
from benchmarks.tables import Table, megabytes, milliseconds, ratio, text
from vrom.embedding.model_store import ModelStore
from vrom.embedding.recipes import DEFAULT_SPEC
from vrom.library.library import Library

TOP = 10
QUERIES = 200
NAMES = ("vrom", "usearch", "chromadb", "lancedb", "qdrant-client", "sqlite-vec")
QUIET = {
    "ANONYMIZED_TELEMETRY": "False",
    "DO_NOT_TRACK": "1",
    "LANCE_TELEMETRY": "0",
    "LANCEDB_TELEMETRY": "0",
    "ORT_DISABLE_TELEMETRY": "1",
}


def tables(corpus: Corpus, *, quick: bool) -> list[Table]:
    vectors, queries = _vectors(corpus)
    made = [_compare("Vector stores", vectors, queries, rounds=2 if quick else 7)]
    if not quick:
        made.append(_compare("Vector stores, ten times as many", _more(vectors, 10), queries, rounds=5))
    return made


def _compare(title: str, vectors: NDArray[np.float32], queries: NDArray[np.float32], rounds: int) -> Table:
    columns = [
        text("store"), milliseconds("query p50"), ratio("query to vrom"), milliseconds("query p99"),
        milliseconds("import, open"), ratio("opening to vrom"), megabytes("disk"), megabytes("memory"),
        ratio("recall@10"),
    ]  # fmt: skip
    about = f"{len(vectors):,} vectors: the meaning part of a search alone; the same queries, ten neighbours"
    table = Table(title, about, columns)
    exact = [set(np.argsort(-(vectors @ query))[:TOP].tolist()) for query in queries]
    with TemporaryDirectory(prefix="vrom-benchmark-") as work:
        folder = Path(work)
        np.save(folder / "vectors.npy", vectors)
        np.save(folder / "queries.npy", queries)
        runs: dict[str, list[dict[str, Any]]] = {}
        for name in NAMES:
            try:
                _child("make", name, folder)
                runs[name] = []
            except subprocess.CalledProcessError as error:
                table.notes.append(f"{name} was left out: {error.stderr.strip().splitlines()[-1][:160]}")
        for _ in range(rounds):
            for name, found in runs.items():
                found.append(_child("ask", name, folder))
        base = {key: _median(runs["vrom"], key) for key in ("p50", "open")}
        for name, found in runs.items():
            near = [set(ids) for ids in found[0]["ids"]]
            recall = statistics.mean(len(a & b) / TOP for a, b in zip(near, exact, strict=True))
            p50, opening = _median(found, "p50"), _median(found, "open")
            size, memory = _size(folder / name), _median(found, "memory")
            p99 = _median(found, "p99")
            table.rows.append(
                (name, p50, p50 / base["p50"], p99, opening, opening / base["open"], size, memory, recall)
            )
    return table


def _median(runs: Sequence[dict[str, Any]], key: str) -> float:
    return statistics.median(run[key] for run in runs)


def _child(task: str, name: str, folder: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.one_store", task, name, str(folder)]
    done = subprocess.run(command, env={**os.environ, **QUIET}, check=True, capture_output=True, text=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _vectors(corpus: Corpus) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Those of the searched cartridges, and of questions."""
    library = Library([corpus.one], cache=corpus.home / "cache", models=corpus.home / "models")
    cartridges, _ = library.open_all(library.select())
    vectors = np.concatenate([np.asarray(cartridge.dense.vectors) for cartridge in cartridges])
    embedder = ModelStore(corpus.home / "models").open(DEFAULT_SPEC)
    asked = questions(5)
    return vectors, np.stack([embedder.embed_query(next(asked)) for _ in range(QUERIES)])


def _more(vectors: NDArray[np.float32], times: int) -> NDArray[np.float32]:
    """Each vector so many times, each time a little elsewhere."""
    random = np.random.default_rng(0)
    near = np.concatenate([vectors + random.normal(0, 0.02, vectors.shape) for _ in range(times)])
    unit: NDArray[np.float32] = (near / np.linalg.norm(near, axis=1, keepdims=True)).astype(np.float32)
    return unit


def _size(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
