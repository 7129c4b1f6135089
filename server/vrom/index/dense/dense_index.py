"""Nearest-neighbour search: exact in small cartridges, where that is as fast, by usearch's HNSW in larger ones."""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vrom.errors import PackageError
from vrom.format.models import Metric
from vrom.format.read import Vectors
from vrom.index.dense.hnsw import build_graph, load_graph, load_or_build
from vrom.index.dense.similarity import QuerySimilarity, best_of_sections, highest
from vrom.index.outline import Outline

EXACT_UP_TO = 10_000
"""Number of chunks up to which exact search is as fast as the graph for 100 neighbours (0.5 ms for 384 dimensions)
and needs no index: 3,000 take 0.1 ms, and building the graph of 10,000 takes 3 s."""
_COMPARED = 100
"""Least number of graph results that are compared exactly, as quantised vectors confuse near neighbours."""


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
        if packed and (graph := load_graph(packed, vectors, metric)) is not None:
            return cls(vectors, metric, graph)
        if file is None:
            return cls(vectors, metric, build_graph(vectors, metric, seconds))
        return cls(vectors, metric, load_or_build(file, vectors, metric, seconds))

    def compare(self, query: NDArray[np.float32], centres: Vectors | None = None) -> QuerySimilarity:
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
        return highest(ids, similarity, count)

    def of_chunks(self, ids: NDArray[np.int64]) -> NDArray[np.float32]:
        """Similarities of these chunks: float32, in their order."""
        return self.index.similarity(self.query, ids) if self.every is None else self.every[ids]

    def of_sections(self, outline: Outline, ids: NDArray[np.int64]) -> NDArray[np.float32]:
        """Similarity of the nearest chunk in the section of each of these chunks: float32, in their order."""
        if self.every is not None:
            return best_of_sections(self.every, outline, ids)
        sections, where = np.unique(outline.section_of[ids], return_inverse=True)
        members, starts = outline.members(sections)
        return np.asarray(np.maximum.reduceat(self.of_chunks(members), starts)[where])

    def of_documents(self, documents: NDArray[np.integer[Any]]) -> NDArray[np.float32]:
        """Similarities of the mean directions of these documents: float32, in their order."""
        return np.asarray(self.centres[documents] @ self.query)


def unit_rows(vectors: Vectors) -> Vectors:
    """Normalise the rows; returned unchanged if they are of unit length already."""
    lengths = np.sqrt(np.einsum("ij,ij->i", vectors, vectors))
    if np.abs(lengths - 1).max(initial=0) < 1e-4:
        return vectors
    unit: Vectors = vectors / np.maximum(lengths, 1e-12)[:, None]
    return unit
