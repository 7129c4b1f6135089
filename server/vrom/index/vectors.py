"""Nearest-neighbour search: exact in small cartridges, where that is as fast, by usearch's HNSW in larger ones."""

import math
import os
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from vrom.errors import PackageError
from vrom.format.models import Metric
from vrom.format.read import Vectors
from vrom.index.array_cache import LOCK_SECONDS
from vrom.index.graph_check import is_sound
from vrom.index.outline import Outline
from vrom.storage.atomic import sync_file

EXACT_UP_TO = 10_000
"""Number of chunks up to which exact search is as fast as the graph for 100 neighbours (0.5 ms for 384 dimensions)
and needs no index: 3,000 take 0.1 ms, and building the graph of 10,000 takes 3 s."""
_AT_ONCE = 1_000
"""Vectors added to a graph between two checks of the time limit: a quarter of a second."""

_USEARCH_METRIC = {"Cosine": "cos", "Euclidean": "l2sq", "DotProduct": "ip"}
_USEARCH_DTYPE = {"Cosine": "i8", "Euclidean": "f16", "DotProduct": "f16"}
"""Scalar type of the graph; its results are compared exactly. i8 is only valid for unit vectors."""
_CONNECTIVITY, _EXPANSION_ADD, _EXPANSION_SEARCH = 16, 128, 256
_LARGE, _EXPANSION_SEARCH_LARGE = 200_000, 512
"""Number of chunks above which the search is wider: recall@10 of a million is 0.976 with it, 0.926 without."""


_COMPARED = 100
"""Least number of graph results that are compared exactly, as quantised vectors confuse near neighbours."""


class QuerySimilarity(Protocol):
    """Similarity of a cartridge's chunks, sections and documents to one query; higher is nearer."""

    def nearest(self, count: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Ids of the `count` nearest chunks and their similarities, unordered."""

    def of_chunks(self, ids: NDArray[np.int64]) -> NDArray[np.float32]:
        """Similarities of these chunks: float32, in their order."""

    def of_sections(self, outline: Outline, ids: NDArray[np.int64]) -> NDArray[np.float32]:
        """Similarity of the nearest chunk in the section of each of these chunks: float32, in their order."""

    def of_documents(self, documents: NDArray[np.integer[Any]]) -> NDArray[np.float32]:
        """Similarities of the mean directions of these documents: float32, in their order."""


@dataclass(frozen=True)
class DenseIndex:
    """Searchable vectors of a cartridge. `graph` is usearch's index of them, or None for exact search."""

    vectors: Vectors
    metric: Metric
    graph: Any = None

    @classmethod
    def open(
        cls,
        vectors: Vectors,
        metric: Metric,
        file: Path | None,
        *,
        are_units: bool = False,
        packed: Path | None = None,
        seconds: float = math.inf,
    ) -> "DenseIndex":
        """Prepare the search; the graph is memory-mapped from `file`, or built and saved there.

        `vectors` is float32 (n, dim); for the cosine metric, rows are normalised unless `are_units`. Without `file` the
        graph is built in memory. `packed` is a validated graph that came with the package, used if it fits. If building
        a graph takes more than `seconds`, there is none, and every vector is compared.
        """
        if metric == "Cosine" and not are_units:
            vectors = unit_rows(vectors)
        if len(vectors) <= EXACT_UP_TO:
            return cls(vectors, metric)
        if packed and (graph := _load(packed, vectors, metric)) is not None:
            return cls(vectors, metric, graph)
        if file is None:
            return cls(vectors, metric, _build(vectors, metric, seconds))
        return cls(vectors, metric, _load(file, vectors, metric) or _make(file, vectors, metric, seconds))

    def compare(self, query: NDArray[np.float32], centres: Vectors | None = None) -> "QuerySimilarity":
        """Similarity to `query`: float32, (dim,), of unit length. `centres` are the documents' mean directions."""
        every = None if self.graph is not None else self.similarity(query, None)
        return DenseSimilarity(self, query, every, self.vectors[:0] if centres is None else centres)

    def nearest(self, query: NDArray[np.float32], count: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Ids of the chunks nearest to `query` (float32, (dim,), of unit length) and their similarities, best first."""
        ids, similarity = self.compare(query).nearest(count)
        order = np.lexsort((ids, -similarity))
        return ids[order], similarity[order]

    def similarity(self, query: NDArray[np.float32], ids: NDArray[np.int64] | None) -> NDArray[np.float32]:
        """Similarities of `query` to the chunks `ids` (None: all of them): float32, in that order, higher is nearer.

        It is the cosine, the product, or `1 - squared distance / 2`; for unit vectors the three are equal. Raises
        `PackageError` if a similarity isn't finite.
        """
        rows = self.vectors if ids is None else self.vectors[ids]
        # Row by row in this thread: as fast as BLAS here, and it never waits for a busy core.
        similarity: NDArray[np.float32] = np.vecdot(rows, query)
        if self.metric == "Euclidean":
            similarity = 1 - (np.einsum("ij,ij->i", rows, rows) + query @ query - 2 * similarity) / 2
        if not np.isfinite(similarity).all():
            raise PackageError("A cartridge's vectors hold numbers that are none. `vrom check DIR` says which.")
        return similarity

    def pair_similarity(self, first: NDArray[np.int64], second: NDArray[np.int64]) -> NDArray[np.float32]:
        """Similarities of pairs of chunks: float32, (pairs,)."""
        a, b = self.vectors[first], self.vectors[second]
        similarity: NDArray[np.float32] = np.einsum("ij,ij->i", a, b)
        if self.metric == "Euclidean":
            similarity = 1 - np.square(a - b).sum(axis=1) / 2
        return similarity


@dataclass(frozen=True)
class EverySimilarity:
    """`QuerySimilarity` from the similarity of each chunk and of each document's mean direction."""

    chunks: NDArray[np.float32]
    """float32, (n,)."""
    documents: NDArray[np.float32]
    """float32, (documents,)."""

    def nearest(self, count: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Ids of the `count` nearest chunks and their similarities, unordered."""
        return _highest(np.arange(len(self.chunks)), self.chunks, count)

    def of_chunks(self, ids: NDArray[np.int64]) -> NDArray[np.float32]:
        """Similarities of these chunks: float32, in their order."""
        return self.chunks[ids]

    def of_sections(self, outline: Outline, ids: NDArray[np.int64]) -> NDArray[np.float32]:
        """Similarity of the nearest chunk in the section of each of these chunks: float32, in their order."""
        return _best_of_sections(self.chunks, outline, ids)

    def of_documents(self, documents: NDArray[np.integer[Any]]) -> NDArray[np.float32]:
        """Similarities of the mean directions of these documents: float32, in their order."""
        return np.asarray(self.documents[documents])


@dataclass(frozen=True)
class DenseSimilarity:
    """`QuerySimilarity` from a `DenseIndex`: every chunk compared, or those that the graph finds."""

    index: DenseIndex
    query: NDArray[np.float32]
    every: NDArray[np.float32] | None
    """Similarity of each chunk, float32, (n,), if all were compared, else None."""

    centres: Vectors
    """Mean direction of each document: float32, (documents, dim), unit rows."""

    def nearest(self, count: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Ids of the `count` nearest chunks and their similarities, unordered."""
        if self.every is None:
            wanted = min(max(count, _COMPARED), len(self.index.vectors))
            ids = self.index.graph.search(self.query, wanted).keys.astype(np.int64)
            similarity = self.of_chunks(ids)
        else:
            ids, similarity = np.arange(len(self.every)), self.every
        return _highest(ids, similarity, count)

    def of_chunks(self, ids: NDArray[np.int64]) -> NDArray[np.float32]:
        """Similarities of these chunks: float32, in their order."""
        return self.index.similarity(self.query, ids) if self.every is None else self.every[ids]

    def of_sections(self, outline: Outline, ids: NDArray[np.int64]) -> NDArray[np.float32]:
        """Similarity of the nearest chunk in the section of each of these chunks: float32, in their order."""
        if self.every is not None:
            return _best_of_sections(self.every, outline, ids)
        sections, where = np.unique(outline.section_of[ids], return_inverse=True)
        members, starts = outline.members(sections)
        return np.asarray(np.maximum.reduceat(self.of_chunks(members), starts)[where])

    def of_documents(self, documents: NDArray[np.integer[Any]]) -> NDArray[np.float32]:
        """Similarities of the mean directions of these documents: float32, in their order."""
        return np.asarray(self.centres[documents] @ self.query)


def _highest(
    ids: NDArray[np.int64], similarity: NDArray[np.float32], count: int
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    if count < len(ids):
        best = np.argpartition(similarity, len(ids) - count)[len(ids) - count :] if count else ids[:0]
        ids, similarity = ids[best], similarity[best]
    return ids, similarity


def _best_of_sections(every: NDArray[np.float32], outline: Outline, ids: NDArray[np.int64]) -> NDArray[np.float32]:
    best = np.maximum.reduceat(every[outline.section_order], outline.section_starts[:-1])
    return np.asarray(best[outline.section_of[ids]])


def unit_rows(vectors: Vectors) -> Vectors:
    """Normalise the rows; returned unchanged if they are of unit length already."""
    lengths = np.sqrt(np.einsum("ij,ij->i", vectors, vectors))
    if np.abs(lengths - 1).max(initial=0) < 1e-4:
        return vectors
    unit: Vectors = vectors / np.maximum(lengths, 1e-12)[:, None]
    return unit


def _new(dim: int, metric: Metric) -> Any:
    from vrom.embedding.native import import_usearch

    return import_usearch().Index(
        ndim=dim,
        metric=_USEARCH_METRIC[metric],
        dtype=_USEARCH_DTYPE[metric],
        connectivity=_CONNECTIVITY,
        expansion_add=_EXPANSION_ADD,
        expansion_search=_EXPANSION_SEARCH,
        enable_key_lookups=False,  # otherwise opening a map would read every node
    )


def is_sound_graph(file: Path, vectors: Vectors, metric: Metric) -> bool:
    """Return true if a graph that came with a package matches the vectors and is safe to search."""
    one = _new(vectors.shape[1], metric)
    one.add(np.zeros(1, dtype=np.uint64), np.ones((1, vectors.shape[1]), dtype=np.float32), threads=1)
    width = vectors.shape[1] * (1 if _USEARCH_DTYPE[metric] == "i8" else 2)
    try:
        return is_sound(file, len(vectors), width, bytes(one.save()))
    except (OSError, ValueError):
        return False


def save_graph(file: Path, vectors: Vectors, metric: Metric) -> None:
    """Build the graph of the rows that `DenseIndex` searches, and save it as `file`."""
    _build(vectors, metric, math.inf).save(str(file))


def _build(vectors: Vectors, metric: Metric, seconds: float) -> Any:
    """Insert in order, in one thread, so that the graph is deterministic; None if that takes longer than `seconds`."""
    index = _new(vectors.shape[1], metric)
    until = time.monotonic() + seconds
    for start in range(0, len(vectors), _AT_ONCE):
        if time.monotonic() > until:
            return None
        some = vectors[start : start + _AT_ONCE]
        index.add(np.arange(start, start + len(some), dtype=np.uint64), some, threads=1)
    return index


def _load(file: Path, vectors: Vectors, metric: Metric) -> Any:
    """Graph in `file` as a memory map, or None if it is missing or doesn't fit."""
    if not file.is_file():
        return None
    index = _new(vectors.shape[1], metric)
    try:
        index.view(str(file))
    except (RuntimeError, ValueError, OSError):
        return None
    fits = len(index) == len(vectors) and index.ndim == vectors.shape[1]
    index.expansion_search = _EXPANSION_SEARCH_LARGE if len(vectors) > _LARGE else _EXPANSION_SEARCH
    return index if fits else None


def _make(file: Path, vectors: Vectors, metric: Metric, seconds: float) -> Any:
    """Build the graph, save it as `file`, and map it from there; None if building takes too long.

    One process builds while others wait, for some seconds; then they compare every vector. If the folder isn't
    writable, the graph stays in memory.
    """
    from filelock import FileLock, Timeout

    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{file}.lock", timeout=LOCK_SECONDS):
            index = _load(file, vectors, metric)
            if index is None:
                built = _build(vectors, metric, seconds)
                if built is None:
                    return None
                _save(built, file)
                index = _load(file, vectors, metric)
    except Timeout:
        return None
    except OSError:
        index = None
    return index if index is not None else _build(vectors, metric, seconds)


def _save(index: Any, file: Path) -> None:
    descriptor, beside = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    os.close(descriptor)
    try:
        index.save(beside)
        sync_file(Path(beside))
        Path(beside).replace(file)
    finally:
        Path(beside).unlink(missing_ok=True)
