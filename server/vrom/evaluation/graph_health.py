"""Health of a package's HNSW graph: layers, degrees, reachability, and recall against exact search."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vrom.errors import PackageBrokenError
from vrom.format.graph import Distances, distances, search, unreachable
from vrom.format.limits import DEFAULT_LIMITS, Limits
from vrom.format.manifest import package_file
from vrom.format.models import Metric
from vrom.format.read import Graph, Vectors, read_package
from vrom.index.array_cache import open_stored, stored
from vrom.storage.array_file import Arrays

FILE = "graph-health-1.bin"
"""Name of the cached measurement in the folder of a package's cache."""
QUERIES = 200
"""Queries for recall; fewer for large graphs, whose exact search takes long."""
DISTANCES = 10_000_000
"""Distances that are computed for recall, at most."""
MOST_NODES = 200_000
"""Size of a graph beyond which its recall isn't measured: too few queries could be asked."""
_AT_ONCE = 8192
"""Vectors whose distances are computed together, to bound memory."""
SECONDS = 20.0
"""Time after which no further query is begun: a graph may be made to take long."""
NEAREST = 10
BREADTHS = (10, 20, 40, 80, 160)
HIGHEST = 64
"""Largest number of layers; a graph with more isn't one that was built by the algorithm."""
MOST_INCOMING = 256
_KINDS = {"levels": "<i8", "degrees": "<i8", "incoming": "<i8", "facts": "<i8", "breadths": "<i8", "recalls": "<f8"}


@dataclass(frozen=True)
class GraphHealth:
    """Facts about a graph."""

    levels: Sequence[int]
    """Number of nodes on each layer, from layer 0."""
    degrees: Sequence[int]
    """Number of nodes with 0, 1, 2, … links on layer 0."""
    incoming: Sequence[int]
    """Number of nodes to which 0, 1, 2, … nodes link on layer 0; the last entry counts those with more, too."""
    unreachable: int
    """Nodes that no search finds."""
    room: int
    """Links on layer 0 that the configuration allows."""
    breadth: int
    """Breadth of a search (`ef_search`) that the package asks for."""
    queries: int
    recall: Mapping[int, float]
    """Share of the ten nearest chunks that a search finds, by its breadth; empty if it wasn't measured."""

    @property
    def nodes(self) -> int:
        """Number of nodes."""
        return self.levels[0] if self.levels else 0

    @property
    def mean_degree(self) -> float:
        """Mean number of links on layer 0."""
        return sum(links * nodes for links, nodes in enumerate(self.degrees)) / (self.nodes or 1)


def stored_health(cache: Path, digest: str) -> GraphHealth | None:
    """The measurement in the cache of a package with this digest, or None."""
    found = open_stored(_file(cache, digest), _fit)
    return _health_of(found) if found else None


def graph_health(folder: Path, cache: Path, digest: str, limits: Limits = DEFAULT_LIMITS) -> GraphHealth:
    """Measure the graph of the package in `folder`, or take the measurement from the cache.

    Raises `PackageError` if the package can't be read within the limits, or if its graph isn't one.
    """

    def measured() -> Arrays:
        package = read_package(folder, limits)
        if not is_graph(package.graph):
            file = package_file(folder, package.manifest.files.index, "files.index")
            raise PackageBrokenError(file, "nodes[].neighbors", "they aren't a graph of these nodes")
        return _arrays_of(measure(package.graph, package.vectors))

    return _health_of(stored(_file(cache, digest), measured, _fit))


def is_graph(graph: Graph) -> bool:
    """Return true if every link leads to a node, and a search can begin and end."""
    count = len(graph.neighbors)
    if not graph.max_layer < HIGHEST or not (graph.entry_point is None or 0 <= graph.entry_point < count):
        return False
    for node in graph.neighbors:
        if not isinstance(node, list) or len(node) > HIGHEST or not all(isinstance(links, list) for links in node):
            return False
        for links in node:
            if not all(type(link) is int and 0 <= link < count for link in links):
                return False
    return True


def measure(graph: Graph, vectors: Vectors, seed: int = 0) -> GraphHealth:
    """Measure a graph, for which `is_graph` is true, of these vectors, float32, (n, dim).

    The queries are halfway between two random chunks: harder than a chunk's own vector, which is a node of the graph.
    """
    layers = np.array([max(len(node), 1) for node in graph.neighbors], dtype=np.int64)
    degrees = np.array([len(node[0]) if node else 0 for node in graph.neighbors], dtype=np.int64)
    links = np.fromiter((link for node in graph.neighbors if node for link in node[0]), dtype=np.int64)
    incoming = np.bincount(links, minlength=len(layers))
    asked, recall = _recall(graph, vectors, seed)
    return GraphHealth(
        levels=[int((layers > level).sum()) for level in range(int(layers.max(initial=1)))],
        degrees=np.bincount(degrees).tolist(),
        incoming=np.bincount(incoming.clip(max=MOST_INCOMING)).tolist(),
        unreachable=len(unreachable(graph)),
        room=graph.config.m_max0,
        breadth=_breadth(graph),
        queries=asked,
        recall=recall,
    )


def _recall(graph: Graph, vectors: Vectors, seed: int) -> tuple[int, dict[int, float]]:
    """The number of queries asked, and recall by breadth."""
    count = len(vectors)
    if not 0 < count <= MOST_NODES:
        return 0, {}
    pairs = np.random.default_rng(seed).integers(0, count, (max(min(QUERIES, DISTANCES // count), 1), 2))
    halfway = vectors[pairs].mean(axis=1, dtype=np.float32)
    nearest = min(NEAREST, count)
    found = dict.fromkeys(sorted({*BREADTHS, _breadth(graph)}), 0)
    until, asked = time.monotonic() + SECONDS, 0
    for distance in _distances(graph.config.metric, vectors, halfway):
        limit = float(np.partition(distance, nearest - 1)[nearest - 1])
        row = distance.tolist()
        for breadth in found:
            found[breadth] += sum(row[node] <= limit for node in search(graph, row, nearest, breadth))
        asked += 1
        if time.monotonic() > until:
            break
    return asked, {breadth: number / (asked * nearest) for breadth, number in found.items()}


def _distances(metric: Metric, vectors: Vectors, queries: Vectors) -> Distances:
    parts = [vectors[start : start + _AT_ONCE] for start in range(0, len(vectors), _AT_ONCE)]
    return np.concatenate([distances(metric, part, queries) for part in parts], axis=1)


def _breadth(graph: Graph) -> int:
    """Breadth that the package asks for; more than all nodes is no more than all nodes."""
    return min(graph.config.ef_search, MOST_NODES)


def _file(cache: Path, digest: str) -> Path:
    return cache / digest[:32] / FILE


def _arrays_of(health: GraphHealth) -> dict[str, NDArray[Any]]:
    return {
        "levels": np.array(health.levels, dtype=np.int64),
        "degrees": np.array(health.degrees, dtype=np.int64),
        "incoming": np.array(health.incoming, dtype=np.int64),
        "facts": np.array([health.unreachable, health.room, health.breadth, health.queries], dtype=np.int64),
        "breadths": np.array(list(health.recall), dtype=np.int64),
        "recalls": np.array(list(health.recall.values()), dtype=np.float64),
    }


def _fit(arrays: Arrays) -> bool:
    has_kinds = all(arrays[name].dtype.str == kind and arrays[name].ndim == 1 for name, kind in _KINDS.items())
    return has_kinds and len(arrays["facts"]) == 4 and len(arrays["breadths"]) == len(arrays["recalls"])


def _health_of(arrays: Arrays) -> GraphHealth:
    unreached, room, breadth, queries = arrays["facts"].tolist()
    recall = dict(zip(arrays["breadths"].tolist(), arrays["recalls"].tolist(), strict=True))
    levels, degrees, incoming = (arrays[name].tolist() for name in ("levels", "degrees", "incoming"))
    return GraphHealth(levels, degrees, incoming, unreached, room, breadth, queries, recall)
