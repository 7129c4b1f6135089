"""Build the HNSW graph of a package (arXiv 1603.09320) from the complete set of vectors.

There is no incremental insertion: a node's candidates are its nearest neighbours, the paper's diversity heuristic
(algorithm 4) selects among them, and links go in both directions as far as degrees allow. Then nodes unreachable on
layer 0 are linked in. The same vectors give the same graph on any number of cores.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from vrom.builder.graph.neighbours import (
    LENGTH,
    Grid,
    Ids,
    blocks,
    nearest_by_exact_search,
    nearest_by_usearch,
    round_to_grid,
)
from vrom.builder.graph.reachability import Links, link_equals, link_unreachable
from vrom.format.models import HnswConfig
from vrom.format.read import Graph, Vectors

EXACT_BELOW = 100_000
"""Number of distinct vectors from which on candidates come from usearch."""

RELAXATION = 1.1
"""Maximum ratio of a candidate's distance from the node to its distance from the nearest chosen neighbour.

1 is the paper's rule; DiskANN (Subramanya et al., NeurIPS 2019) relaxes it. A small relaxation keeps some longer links,
which queries need because their vectors lie far from all chunk vectors: for 118 queries, recall@10 at ef 40 over 906
and 1,309 chunks of other documentation rose from 0.955 and 0.932 to 0.988 and 0.975, and stayed at 0.995 or more
elsewhere.
"""


TABLE_BELOW = 5_000
"""Up to this many vectors, all pairwise distances are computed once (200 MB); beyond, only those needed."""


def build_graph(vectors: Vectors, config: HnswConfig, seed: int = 0, exact_below: int = EXACT_BELOW) -> Graph:
    """A graph over unit rows, float32, (n, dim), in which a search from the entry point reaches every node.

    Degrees are at most `config.m_max0` on layer 0 and `config.m` above; a node has twice as many candidates as
    `config.ef_construction` says. On unit rows every metric of the format orders neighbours alike, so the graph serves
    any of them.
    """
    if not len(vectors):
        return Graph(config, [], entry_point=None, max_layer=0)
    grid = round_to_grid(vectors)
    first = first_of_equals(grid)
    levels = draw_levels(len(grid), config, seed)
    levels[first != np.arange(len(grid))] = 0  # duplicates would only crowd the layers above
    entry_point, max_layer = int(levels.argmax()), int(levels.max())

    neighbors = [[links] for links in _link_ground_layer(grid, first, entry_point, config, exact_below)]
    for layer in range(1, max_layer + 1):
        nodes = np.flatnonzero(levels >= layer)
        candidates = nearest_by_exact_search(grid, nodes, nodes, 2 * config.ef_construction)
        for node, links in zip(nodes, link(grid, nodes, candidates, config.m), strict=True):
            neighbors[node].append(links)
    return Graph(config, neighbors, entry_point, max_layer)


def first_of_equals(grid: Grid) -> Ids:
    """For every row, the index of the first row equal to it, int64, (n,)."""
    seen: dict[bytes, int] = {}
    return np.array([seen.setdefault(row.tobytes(), node) for node, row in enumerate(grid)], dtype=np.int64)


def draw_levels(count: int, config: HnswConfig, seed: int) -> Ids:
    """The highest layer of every node, int64, (count,): `floor(-ln(u) * level_multiplier)`, u uniform in (0, 1]."""
    uniform = 1.0 - np.random.default_rng(seed).random(count)
    return np.floor(-np.log(uniform) * config.level_multiplier).astype(np.int64)


def _link_ground_layer(grid: Grid, first: Ids, entry_point: int, config: HnswConfig, exact_below: int) -> Links:
    """Links of layer 0; some of each node's degree is reserved for reachability links."""
    nodes = np.flatnonzero(first == np.arange(len(grid)))
    nearest = nearest_by_exact_search if len(nodes) < exact_below else nearest_by_usearch
    candidates = nearest(grid, nodes, nodes, max(2 * config.ef_construction, config.m_max0))
    degree = config.m_max0 - (2 if config.m_max0 > 4 else 1)
    links: Links = [[] for _ in grid]
    for node, chosen in zip(nodes, link(grid, nodes, candidates, degree), strict=True):
        links[node] = chosen
    link_equals(links, first, degree)
    link_unreachable(links, grid, entry_point, config.m_max0)
    return links


def link(grid: Grid, nodes: Ids, candidates: Ids, degree: int) -> Links:
    """At most `degree` links for each of `nodes`, (n,), ascending, from its `candidates`, (n, width), nearest first.

    The first half are diverse candidates, nearest first. Then come the reverse of other nodes' links to the node, so
    that a node in no other neighbourhood is reachable from its own; then the other diverse candidates, then the nearest
    of the rest (the paper's keepPrunedConnections).
    """
    diverse = choose(grid, nodes, candidates, degree)
    half = diverse[:, : (degree + 1) // 2]
    mutual = _reverse_links(grid, nodes, half)
    links: Links = []
    for rows in blocks(len(nodes), 16 * candidates.shape[1]):
        wishes = np.hstack([half[rows], mutual[rows], diverse[rows], candidates[rows]])
        links += [list(dict.fromkeys(node for node in row if node >= 0))[:degree] for row in wishes.tolist()]
    return links


def choose(grid: Grid, nodes: Ids, candidates: Ids, degree: int) -> Ids:
    """Algorithm 4: select from each row of `candidates`, nearest first, those nearer to the node than to any already
    chosen candidate, relaxed by `RELAXATION`.

    int64, (n, at most degree), nearest first, -1 last.
    """
    width = candidates.shape[1]
    chosen = np.full((len(nodes), min(degree, width)), -1, dtype=np.int64)
    known = np.unique(np.concatenate([nodes, candidates.ravel()]))
    table = _distances(grid[known], grid[known].T) if len(known) <= TABLE_BELOW else None
    for rows in blocks(len(nodes), width * (grid.shape[1] + width)):
        some = candidates[rows]
        to_node, to_candidate = (
            _look_up_distances(table, np.searchsorted(known, nodes[rows]), np.searchsorted(known, some))
            if table is not None
            else _compute_distances(grid, nodes[rows], some)
        )
        to_chosen = np.full(some.shape, np.inf)
        kept = np.zeros(some.shape, dtype=bool)
        room = np.full(len(some), degree)
        for j in range(width):
            keep = (some[:, j] >= 0) & (to_node[:, j] < RELAXATION * to_chosen[:, j]) & (room > 0)
            kept[:, j] = keep
            room -= keep
            if keep.any():
                to_chosen[keep] = np.minimum(to_chosen[keep], to_candidate(keep, j))
        front = np.argsort(~kept, axis=1, kind="stable")[:, : chosen.shape[1]]
        chosen[rows] = np.take_along_axis(np.where(kept, some, -1), front, axis=1)
    return chosen


Distances = tuple[Grid, Callable[[NDArray[np.bool_], int], Grid]]
"""Distances from candidates to their nodes, (n, width); and a function of rows and j: from all to the j-th."""


def _look_up_distances(table: Grid, nodes: Ids, some: Ids) -> Distances:
    return table[nodes[:, None], some], lambda keep, j: table[some[keep, j, None], some[keep]]


def _compute_distances(grid: Grid, nodes: Ids, some: Ids) -> Distances:
    points = grid[some]
    between = _distances(points, points.transpose(0, 2, 1))
    to_node = _distances(points, grid[nodes][:, :, None])[:, :, 0]
    return to_node, lambda keep, j: between[keep, j]


def _distances(some: Grid, others: Grid) -> Grid:
    """Cosine distances on the grid, exact whole numbers."""
    return np.asarray(LENGTH**2 - np.matmul(some, others))


def _reverse_links(grid: Grid, nodes: Ids, links: Ids) -> Ids:
    """Reverse of `links`, (n, degree): for each of `nodes`, (n,), the nearest of the nodes linking to it."""
    source, place = np.nonzero(links >= 0)
    target = np.searchsorted(nodes, links[source, place])
    products = np.empty(len(source))
    for rows in blocks(len(source), grid.shape[1]):
        products[rows] = np.einsum("ij,ij->i", grid[nodes[source[rows]]], grid[nodes[target[rows]]])
    order = np.lexsort((source, -products, target))
    source, target = source[order], target[order]
    rank = np.arange(len(target)) - np.searchsorted(target, target)
    kept = rank < links.shape[1]
    reverse = np.full_like(links, -1)
    reverse[target[kept], rank[kept]] = nodes[source[kept]]
    return reverse
