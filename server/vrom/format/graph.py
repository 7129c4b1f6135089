"""Reference search over a package's HNSW graph, as every vROM reader performs it.

It serves as the oracle: its results are those of the browser. `search` walks the graph, `exact` doesn't need one, and
`recall` compares them. The algorithm is from arXiv 1603.09320: a greedy descent through the upper layers (algorithm 5),
then a best-first beam on layer 0 (algorithm 2).
"""

import heapq
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from vrom.format.models import Metric
from vrom.format.read import Graph, Vectors

Distances = NDArray[np.float64]
"""float64, (n,) or (q, n): lower is nearer."""

_GRID = 2.0**25
_QUERIES_AT_ONCE = 256


def distances(metric: Metric, vectors: Vectors, queries: Vectors) -> Distances:
    """Distances of every query to every vector, float64, (q, n), by the format's definition of the metric.

    Cosine is `1 - cos` (1 for a zero vector), Euclidean the *squared* distance, DotProduct the negated product.

    Components are first rounded to a grid of 25 bits, so that every sum is an integer that float64 holds exactly:
    results
    don't depend on the order of summation, and so not on the number of cores.
    """
    rows, columns = queries.astype(np.float64), vectors.astype(np.float64)
    if metric == "Cosine":
        rows, columns, scale = _unit(rows), _unit(columns), _GRID
    else:
        scale = _GRID / _power_of_two_above(max(_largest_norm(rows), _largest_norm(columns)))
    rows, columns = (rows * scale).round(), (columns * scale).round()
    products = rows @ columns.T
    if metric == "Cosine":
        return np.asarray(1.0 - products / scale**2)
    if metric == "DotProduct":
        return np.asarray(-products / scale**2)
    squares = (rows**2).sum(axis=1)[:, None] + (columns**2).sum(axis=1)
    return np.asarray((squares - 2 * products) / scale**2)


def search(graph: Graph, distance: Sequence[float] | Distances, k: int, ef: int | None = None) -> list[int]:
    """Ids of the `k` nodes that the format's engine finds, nearest first.

    `distance[i]` is the query's distance to node i, one row of `distances`. `ef` is the width of the beam, by default
    the graph's `ef_search`, and at least `k`. Ties are ordered by id.
    """
    if graph.entry_point is None:
        return []
    current = graph.entry_point
    for layer in range(graph.max_layer, 0, -1):
        current = _descend(graph, distance, current, layer)
    return _beam(graph, distance, current, max(ef or graph.config.ef_search, k))[:k]


def exact(distance: Distances, k: int) -> list[int]:
    """Ids of the `k` nearest nodes by `distance`, (n,), nearest first; ties are ordered by id."""
    return [int(node) for node in np.argsort(distance, kind="stable")[:k]]


def recall(graph: Graph, vectors: Vectors, queries: Vectors, k: int = 10, ef: int | None = None) -> float:
    """Mean share of the `k` nearest nodes that `search` finds over `queries`; 1.0 if there are no nodes or queries.

    A node as near as the k-th nearest counts, whichever of several equals was found.
    """
    wanted = min(k, len(vectors)) * len(queries)
    if not wanted:
        return 1.0
    found = 0
    for distance in distance_rows(graph.config.metric, vectors, queries):
        limit = np.partition(distance, min(k, len(vectors)) - 1)[min(k, len(vectors)) - 1]
        found += sum(bool(distance[node] <= limit) for node in search(graph, distance.tolist(), k, ef))
    return found / wanted


def distance_rows(metric: Metric, vectors: Vectors, queries: Vectors) -> Iterator[Distances]:
    """Rows of `distances` one by one, computed in batches to bound memory."""
    for start in range(0, len(queries), _QUERIES_AT_ONCE):
        yield from distances(metric, vectors, queries[start : start + _QUERIES_AT_ONCE])


def unreachable(graph: Graph) -> list[int]:
    """Ids of the nodes that no search finds: no path leads to them on layer 0 from the entry point."""
    if graph.entry_point is None:
        return list(range(len(graph.neighbors)))
    seen = bytearray(len(graph.neighbors))
    seen[graph.entry_point] = True
    frontier = [graph.entry_point]
    while frontier:
        for neighbor in _neighbors(graph, frontier.pop(), 0):
            if not seen[neighbor]:
                seen[neighbor] = True
                frontier.append(neighbor)
    return [node for node, was_seen in enumerate(seen) if not was_seen]


def _descend(graph: Graph, distance: Sequence[float] | Distances, current: int, layer: int) -> int:
    """Greedy walk on one layer until no neighbour is nearer."""
    nearest = current
    while True:
        for neighbor in _neighbors(graph, current, layer):
            if distance[neighbor] < distance[nearest]:
                nearest = neighbor
        if nearest == current:
            return current
        current = nearest


def _beam(graph: Graph, distance: Sequence[float] | Distances, start: int, width: int) -> list[int]:
    """Nearest `width` nodes of a best-first walk on layer 0, nearest first."""
    seen = bytearray(len(graph.neighbors))
    seen[start] = True
    candidates = [(distance[start], start)]
    results = [(-distance[start], -start)]  # a heap with the farthest on top
    while candidates:
        nearest, node = heapq.heappop(candidates)
        if len(results) >= width and nearest > -results[0][0]:
            break
        for neighbor in _neighbors(graph, node, 0):
            if seen[neighbor]:
                continue
            seen[neighbor] = True
            far = distance[neighbor]
            if len(results) < width:
                heapq.heappush(results, (-far, -neighbor))
            elif far < -results[0][0]:
                heapq.heapreplace(results, (-far, -neighbor))
            else:
                continue
            heapq.heappush(candidates, (far, neighbor))
    return [-node for _, node in sorted(results, reverse=True)]


def _neighbors(graph: Graph, node: int, layer: int) -> Sequence[int]:
    """Neighbours of a node on a layer; empty if the node isn't on it, as in the format's engine."""
    layers = graph.neighbors[node]
    return layers[layer] if layer < len(layers) else ()


def _unit(rows: Distances) -> Distances:
    norms = np.sqrt((rows * rows).sum(axis=1, keepdims=True))
    return np.asarray(rows / np.where(norms > 0, norms, 1.0))


def _largest_norm(rows: Distances) -> float:
    return float(np.sqrt((rows * rows).sum(axis=1).max(initial=0.0)))


def _power_of_two_above(value: float) -> float:
    return float(2.0 ** np.ceil(np.log2(value))) if value > 0 else 1.0
