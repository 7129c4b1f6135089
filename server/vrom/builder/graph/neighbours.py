"""Candidates for a node's links: its nearest neighbours, by exact search or, for many vectors, by usearch."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from vrom.embedding.native import import_usearch
from vrom.format.read import Vectors

Ids = NDArray[np.int64]
"""int64, (n, width): node ids, nearest first and equally near ones by id; -1 where a row has fewer."""

Grid = NDArray[np.float64]
"""float64, (n, dim): vectors as rows of whole numbers, see `round_to_grid`."""

LENGTH = 2.0**26
"""Length of the rows of a grid."""

_ID_BITS = 31
_NUMBERS_AT_ONCE = 4_000_000
_NOTHING = np.iinfo(np.int64).min


def round_to_grid(vectors: Vectors) -> Grid:
    """Rows scaled to the length 2^26 and truncated to whole numbers; zero rows stay zero.

    The product of two such rows, and every partial sum of it, is at most 2^52, which float64 holds exactly: products
    don't depend on the order of summation, and so not on the number of cores.
    """
    wide = vectors.astype(np.float64)
    norms = np.sqrt((wide * wide).sum(axis=1, keepdims=True))
    wide /= np.where(norms > 0, norms, 1.0) / LENGTH
    return np.trunc(wide, out=wide)


def nearest_by_exact_search(grid: Grid, nodes: Ids, among: Ids, width: int) -> Ids:
    """The `width` nodes of `among`, (m,), nearest to each of `nodes`, (n,), excluding the node itself."""
    width = min(width, len(among))
    pool = grid[among]
    nearest = np.empty((len(nodes), width), dtype=np.int64)
    for rows in blocks(len(nodes), len(among)):
        keys = _keys(grid[nodes[rows]] @ pool.T, among)
        keys[nodes[rows, None] == among] = _NOTHING
        if width < len(among):
            keys = np.partition(keys, len(among) - width, axis=1)[:, len(among) - width :]
        nearest[rows] = _ids(np.sort(keys, axis=1)[:, ::-1])
    return nearest


def nearest_by_usearch(grid: Grid, nodes: Ids, among: Ids, width: int) -> Ids:
    """Approximately the `width` nodes of `among`, (m,), nearest to each of `nodes`, (n,), by a usearch index.

    Vectors are added by a single thread, so that the index is the same on any number of cores.
    """
    width = min(width, len(among))
    index = import_usearch().Index(
        ndim=grid.shape[1], metric="cos", dtype="f32", connectivity=16, expansion_add=width, expansion_search=2 * width
    )
    for rows in blocks(len(among), grid.shape[1]):
        index.add(among[rows], grid[among[rows]].astype(np.float32), threads=1)
    nearest = np.full((len(nodes), width), -1, dtype=np.int64)
    for rows in blocks(len(nodes), width * grid.shape[1]):
        some = nodes[rows]
        keys = index.search(grid[some].astype(np.float32), width, threads=0).keys
        found = np.asarray(keys, dtype=np.int64).reshape(len(some), width)
        nearest[rows] = sort_nearest_first(grid, some, np.where(found == some[:, None], -1, found))
    return nearest


def sort_nearest_first(grid: Grid, nodes: Ids, candidates: Ids) -> Ids:
    """The `candidates`, (n, width), of each of `nodes`, (n,): nearest first, without repetition, -1 last."""
    ordered = np.empty_like(candidates)
    for rows in blocks(len(nodes), candidates.shape[1] * grid.shape[1]):
        some = candidates[rows]
        products = np.matmul(grid[some], grid[nodes[rows]][:, :, None])[:, :, 0]
        keys = np.sort(np.where(some >= 0, _keys(products, some), _NOTHING), axis=1)[:, ::-1]
        keys[:, 1:][keys[:, 1:] == keys[:, :-1]] = _NOTHING
        ordered[rows] = _ids(np.sort(keys, axis=1)[:, ::-1])
    return ordered


def blocks(rows: int, numbers_a_row: int) -> Iterator[slice]:
    """Slices over `rows` that bound the memory in use, whatever the number of vectors."""
    step = max(1, _NUMBERS_AT_ONCE // max(1, numbers_a_row))
    return (slice(start, min(start + step, rows)) for start in range(0, rows, step))


def _keys(products: Grid, ids: Ids) -> Ids:
    """Sort keys that pack a product (31 bits) and an id: larger is nearer, ties go to the lower id."""
    return ((products.astype(np.int64) >> 21) << _ID_BITS) + ((1 << _ID_BITS) - 1 - ids)


def _ids(keys: Ids) -> Ids:
    """The ids packed into keys by `_keys`; -1 for `_NOTHING`."""
    return np.where(keys == _NOTHING, -1, (1 << _ID_BITS) - 1 - (keys & ((1 << _ID_BITS) - 1)))
