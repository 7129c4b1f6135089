"""Candidates for links."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vrom.builder.graph import neighbours as candidates


@settings(max_examples=50, deadline=None)
@given(st.integers(1, 20), st.integers(1, 30), st.integers(0, 2**32 - 1))
def test_products_on_the_grid_are_exact_in_any_order(count, dim, seed):
    rng = np.random.default_rng(seed)
    vectors = (rng.standard_normal((count, dim)) * 10 ** rng.uniform(-3, 3, dim)).astype(np.float32)
    grid = candidates.round_to_grid(vectors)
    whole = [[int(value) for value in row] for row in grid]
    exact = [[sum(a * b for a, b in zip(one, other, strict=True)) for other in whole] for one in whole]
    assert (grid @ grid.T).tolist() == exact
    assert max(max(map(abs, row)) for row in exact) <= 2**52


def test_a_zero_row_stays_zero():
    assert candidates.round_to_grid(np.zeros((1, 3), dtype=np.float32)).tolist() == [[0, 0, 0]]


def test_exact_search_gives_the_nearest_first_and_breaks_ties_by_id():
    vectors = np.array([[1, 0], [0, 1], [0, 1], [1, 0.1], [0, 1]], dtype=np.float32)
    grid, nodes = candidates.round_to_grid(vectors), np.arange(5)
    assert candidates.nearest_by_exact_search(grid, nodes[:2], nodes, 3).tolist() == [[3, 1, 2], [2, 4, 3]]


def test_exact_search_leaves_a_node_itself_out_and_fills_with_nothing():
    grid = candidates.round_to_grid(np.array([[1, 0], [0, 1]], dtype=np.float32))
    assert candidates.nearest_by_exact_search(grid, np.array([0, 1]), np.array([0, 1]), 9).tolist() == [
        [1, -1],
        [0, -1],
    ]
    assert candidates.nearest_by_exact_search(grid, np.array([0]), np.array([], dtype=np.int64), 4).shape == (1, 0)


def test_sorting_drops_repetition_and_puts_nothing_last():
    grid = candidates.round_to_grid(np.array([[1, 0], [1, 0.5], [1, 0.1], [1, 0.1]], dtype=np.float32))
    some = np.array([[1, -1, 3, 1, 2, 3]])
    assert candidates.sort_nearest_first(grid, np.array([0]), some).tolist() == [[2, 3, 1, -1, -1, -1]]


@pytest.mark.parametrize(("rows", "width"), [(0, 5), (1, 10**9), (10, 0), (7, 1_500_000)])
def test_blocks_cover_every_row_once(rows, width):
    covered = [row for block in candidates.blocks(rows, width) for row in range(rows)[block]]
    assert covered == list(range(rows))
