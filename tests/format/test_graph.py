"""The format's own search: the oracle of what every vROM reader finds."""

import math

import numpy as np
import pytest

from vrom.format import graph
from vrom.format.models import HnswConfig
from vrom.format.read import Graph


def line_of(count: int, *, metric: str = "Euclidean", ef_search: int = 4) -> Graph:
    """Nodes in a row, each linked to the ones beside it, entered at the first."""
    neighbors = [[[n for n in (node - 1, node + 1) if 0 <= n < count]] for node in range(count)]
    config = HnswConfig(metric=metric, ef_search=ef_search)
    return Graph(config, neighbors, entry_point=0 if count else None, max_layer=0)


def points(*values: float) -> np.ndarray:
    return np.array([[value, 0.0] for value in values], dtype=np.float32).reshape(-1, 2)


def row(graph_: Graph, vectors: np.ndarray, query: np.ndarray) -> list[float]:
    return graph.distances(graph_.config.metric, vectors, query[None])[0].tolist()


class TestDistances:
    def test_cosine_is_one_minus_the_cosine_whatever_the_lengths(self):
        vectors = np.array([[2, 0], [0, 5], [-1, 0], [3, 3]], dtype=np.float32)
        query = np.array([[7, 0]], dtype=np.float32)
        assert graph.distances("Cosine", vectors, query)[0] == pytest.approx([0, 1, 2, 1 - math.sqrt(0.5)], abs=1e-6)

    def test_a_zero_vector_is_at_distance_one(self):
        vectors = np.array([[0, 0], [1, 0]], dtype=np.float32)
        assert graph.distances("Cosine", vectors, vectors).tolist() == [[1, 1], [1, 0]]

    def test_euclidean_is_squared(self):
        assert graph.distances("Euclidean", points(0, 3, -4), points(0))[0] == pytest.approx([0, 9, 16])

    def test_dot_product_is_negated(self):
        assert graph.distances("DotProduct", points(1, -2, 0), points(3))[0] == pytest.approx([-3, 6, 0])

    @pytest.mark.parametrize("metric", ["Cosine", "Euclidean", "DotProduct"])
    def test_they_do_not_depend_on_the_order_of_summation(self, metric):
        rng = np.random.default_rng(3)
        vectors, queries = rng.standard_normal((50, 97), dtype=np.float32), rng.standard_normal((5, 97), np.float32)
        shuffled = rng.permutation(97)
        straight = graph.distances(metric, vectors, queries)
        turned = graph.distances(metric, vectors[:, shuffled], queries[:, shuffled])
        if metric == "Cosine":  # the lengths of rows are summed in floating point, one row at a time
            assert straight == pytest.approx(turned)
            assert (straight == graph.distances(metric, vectors, queries[::-1])[::-1]).all()
        else:
            assert (straight == turned).all()

    def test_no_queries_or_no_vectors_give_no_distances(self):
        assert graph.distances("Euclidean", points(), points(1)).shape == (1, 0)
        assert graph.distances("Cosine", points(1), points()).shape == (0, 1)


class TestSearch:
    def test_walks_to_the_nearest_nodes(self):
        line, vectors = line_of(50), points(*range(50))
        assert graph.search(line, row(line, vectors, points(30.2)[0]), 3) == [30, 31, 29]

    def test_equal_distances_go_by_id(self):
        line, vectors = line_of(5), points(1, 1, 1, 1, 1)
        assert graph.search(line, row(line, vectors, points(0)[0]), 3) == [0, 1, 2]

    def test_finds_nothing_in_an_empty_graph(self):
        assert graph.search(line_of(0), [], 5) == []

    def test_gives_all_there_is_when_more_is_asked_for(self):
        line, vectors = line_of(3), points(0, 1, 2)
        assert graph.search(line, row(line, vectors, points(2)[0]), 10) == [2, 1, 0]

    def test_the_beam_is_as_wide_as_ef_and_never_narrower_than_k(self):
        # From node 0 the way to node 9 leads over a hill: a beam of one stops before it, one of three looks past it.
        line, vectors = line_of(6), points(1, 2, 3, 0.5, 0.2, 0)
        distance = row(line, vectors, points(0)[0])
        assert graph.search(line, distance, 1, ef=1) == [0]
        assert graph.search(line, distance, 1, ef=3) == [5]
        assert graph.search(line, distance, 3, ef=1) == [5, 4, 3]

    def test_descends_through_the_upper_layers_first(self):
        # Layer 0 falls into two parts; only the upper layer leads from the entry point into the second.
        neighbors = [[[1], [2]], [[0]], [[3], [0]], [[2]]]
        two_parts = Graph(HnswConfig(metric="Euclidean"), neighbors, entry_point=0, max_layer=1)
        distance = row(two_parts, points(0, 1, 9, 10), points(10)[0])
        assert graph.search(two_parts, distance, 2) == [3, 2]
        assert graph.unreachable(two_parts) == [2, 3]

    def test_a_neighbor_that_does_not_reach_up_to_a_layer_ends_the_walk_there(self):
        neighbors = [[[1], [1]], [[0]]]
        uneven = Graph(HnswConfig(metric="Euclidean"), neighbors, entry_point=0, max_layer=1)
        assert graph.search(uneven, row(uneven, points(5, 1), points(0)[0]), 2) == [1, 0]


class TestRecall:
    def test_is_one_where_everything_is_found(self):
        vectors = points(*range(30))
        assert graph.recall(line_of(30), vectors, vectors, k=5) == 1.0

    def test_counts_what_the_graph_hides(self):
        hidden = line_of(4)
        hidden.neighbors[2][0].clear()  # node 3 hangs on node 2 alone
        vectors = points(0, 1, 2, 3)
        assert graph.recall(hidden, vectors, points(3), k=2) == 0.5
        assert graph.unreachable(hidden) == [3]

    def test_any_of_several_equals_counts(self):
        vectors = points(0, 5, 5, 5, 5)
        assert graph.recall(line_of(5), vectors, points(5), k=2) == 1.0

    def test_is_one_where_nothing_is_to_be_found(self):
        assert graph.recall(line_of(0), points(), points(), k=10) == 1.0
        assert graph.recall(line_of(2), points(1, 2), points(), k=10) == 1.0


class TestExact:
    def test_orders_by_distance_and_then_by_id(self):
        assert graph.exact(np.array([3.0, 1.0, 1.0, 0.5]), 3) == [3, 1, 2]


def test_without_an_entry_point_nothing_can_be_reached():
    lost = Graph(HnswConfig(), [[[]], [[]]], entry_point=None, max_layer=0)
    assert graph.unreachable(lost) == [0, 1]
