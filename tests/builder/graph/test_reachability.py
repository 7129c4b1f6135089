"""Links that let a search reach every node."""

import numpy as np

from vrom.builder.graph.neighbours import round_to_grid
from vrom.builder.graph.reachability import link_equals, link_unreachable


def line(*values: float) -> np.ndarray:
    """Points on an arc: nearer values, nearer points."""
    return round_to_grid(np.array([[np.cos(value), np.sin(value)] for value in values], dtype=np.float32))


class TestLinkEquals:
    def test_equals_form_a_chain_and_share_the_links_of_the_first(self):
        links = [[3], [], [], [0], []]
        link_equals(links, np.array([0, 0, 0, 3, 3]), degree=2)
        assert links == [[3, 1], [0, 3, 2], [0, 3], [0, 4], [3, 0]]

    def test_their_number_costs_the_first_one_link(self):
        links = [[] for _ in range(100)]
        link_equals(links, np.zeros(100, dtype=np.int64), degree=6)
        assert max(map(len, links)) <= 7
        assert links[0] == [1]


class TestLinkUnreachable:
    def test_links_from_the_nearest_that_is_reached(self):
        links = [[1], [0], [3], [2]]
        link_unreachable(links, line(0, 0.1, 0.5, 0.6), 0, limit=4)
        assert links == [[1], [0, 2], [3], [2]]

    def test_passes_over_nodes_without_room(self):
        links = [[1], [0, 0], [], []]
        link_unreachable(links, line(0, 0.1, 0.5, 0.6), 0, limit=2)
        assert links == [[1, 2], [0, 0], [3], []]

    def test_changes_nothing_where_everything_is_reached(self):
        links = [[1], [2], []]
        link_unreachable(links, line(0, 1, 2), 0, limit=9)
        assert links == [[1], [2], []]
