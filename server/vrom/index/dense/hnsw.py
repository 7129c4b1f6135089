"""Graphs of usearch: built, saved, and memory-mapped.

A graph is deterministic, and is built once for a package and a machine, however many processes need it.
"""

import math
import os
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from vrom.format.models import Metric
from vrom.format.read import Vectors
from vrom.index.array_cache import LOCK_SECONDS
from vrom.index.dense.graph_check import is_sound
from vrom.storage.atomic import sync_file

_AT_ONCE = 1_000
"""Vectors added to a graph between two checks of the time limit: a quarter of a second."""
_METRIC = {"Cosine": "cos", "Euclidean": "l2sq", "DotProduct": "ip"}
_SCALAR = {"Cosine": "i8", "Euclidean": "f16", "DotProduct": "f16"}
"""Scalar type of the graph; its results are compared exactly. i8 is only valid for unit vectors."""
_CONNECTIVITY, _EXPANSION_ADD, _EXPANSION_SEARCH = 16, 128, 256
_LARGE, _EXPANSION_SEARCH_LARGE = 200_000, 512
"""Number of chunks above which the search is wider: recall@10 of a million is 0.976 with it, 0.926 without."""


def load_or_build(file: Path, vectors: Vectors, metric: Metric, seconds: float) -> Any:
    """Map the graph in `file`, which is built and saved if need be; None if building takes more than `seconds`.

    One process builds while others wait, for some seconds; then they do without. If the folder isn't writable, the
    graph stays in memory.
    """
    from filelock import FileLock, Timeout

    if (mapped := load_graph(file, vectors, metric)) is not None:
        return mapped
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{file}.lock", timeout=LOCK_SECONDS):
            mapped = load_graph(file, vectors, metric)
            if mapped is None:
                built = build_graph(vectors, metric, seconds)
                if built is None:
                    return None
                _save(built, file)
                mapped = load_graph(file, vectors, metric)
    except Timeout:
        return None
    except OSError:
        mapped = None
    return mapped if mapped is not None else build_graph(vectors, metric, seconds)


def load_graph(file: Path, vectors: Vectors, metric: Metric) -> Any:
    """Graph in `file` as a memory map, or None if it is missing or doesn't fit."""
    if not file.is_file():
        return None
    index = _new(vectors.shape[1], metric)
    try:
        index.view(str(file))
    except (RuntimeError, ValueError, OSError):
        return None
    index.expansion_search = _expansion_search(vectors)
    return index if len(index) == len(vectors) and index.ndim == vectors.shape[1] else None


def build_graph(vectors: Vectors, metric: Metric, seconds: float) -> Any:
    """Insert in order, in one thread, so that the graph is deterministic; None if that takes more than `seconds`."""
    index = _new(vectors.shape[1], metric)
    until = time.monotonic() + seconds
    for start in range(0, len(vectors), _AT_ONCE):
        if time.monotonic() > until:
            return None
        some = vectors[start : start + _AT_ONCE]
        index.add(np.arange(start, start + len(some), dtype=np.uint64), some, threads=1)
    index.expansion_search = _expansion_search(vectors)
    return index


def save_graph(file: Path, vectors: Vectors, metric: Metric) -> None:
    """Build the graph of the rows that `DenseIndex` searches, and save it as `file`."""
    build_graph(vectors, metric, math.inf).save(str(file))


def is_sound_graph(file: Path, vectors: Vectors, metric: Metric) -> bool:
    """Return true if a graph that came with a package matches the vectors and is safe to search."""
    one = _new(vectors.shape[1], metric)
    one.add(np.zeros(1, dtype=np.uint64), np.ones((1, vectors.shape[1]), dtype=np.float32), threads=1)
    width = vectors.shape[1] * (1 if _SCALAR[metric] == "i8" else 2)
    try:
        return is_sound(file, len(vectors), width, bytes(one.save()))
    except (OSError, ValueError):
        return False


def _new(dim: int, metric: Metric) -> Any:
    from vrom.embedding.native import import_usearch

    return import_usearch().Index(
        ndim=dim,
        metric=_METRIC[metric],
        dtype=_SCALAR[metric],
        connectivity=_CONNECTIVITY,
        expansion_add=_EXPANSION_ADD,
        enable_key_lookups=False,  # otherwise opening a map would read every node
    )


def _expansion_search(vectors: Vectors) -> int:
    return _EXPANSION_SEARCH_LARGE if len(vectors) > _LARGE else _EXPANSION_SEARCH


def _save(index: Any, file: Path) -> None:
    descriptor, beside = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    os.close(descriptor)
    try:
        index.save(beside)
        sync_file(Path(beside))
        Path(beside).replace(file)
    finally:
        Path(beside).unlink(missing_ok=True)
