"""Additional links on layer 0 that make every node reachable."""

import numpy as np
from numpy.typing import NDArray

from vrom.builder.graph.neighbours import Grid, Ids

Links = list[list[int]]
"""The neighbours of every node on one layer."""


def link_equals(links: Links, first: Ids, degree: int) -> None:
    """Link nodes with duplicate vectors: each gets the links of the first, and an incoming link.

    `first[i]` is the first node equal to node i. Duplicates form a chain, so the first needs only one link to them.
    """
    last = list(range(len(first)))
    for node, original in enumerate(first.tolist()):
        if node != original:
            links[node] = [original, *links[original]][:degree]
            links[last[original]].append(node)
            last[original] = node


def link_unreachable(links: Links, grid: Grid, entry_point: int, limit: int) -> None:
    """Link every node unreachable from `entry_point` to the nearest reachable node with free degree.

    If every node had room for one more link before, a node with fewer than `limit` links always exists: each new link
    uses one place and adds a reachable node with another.
    """
    reached = np.zeros(len(links), dtype=bool)
    room = np.array([len(row) < limit for row in links])
    reach(links, entry_point, reached)
    for node in range(len(links)):
        if not reached[node]:
            products = np.where(reached & room, grid @ grid[node], -np.inf)
            source = int(products.argmax())
            links[source].append(node)
            room[source] = len(links[source]) < limit
            reach(links, node, reached)


def reach(links: Links, start: int, reached: NDArray[np.bool_]) -> None:
    """Mark `start` and every node reachable from it in `reached`, bool, (n,)."""
    reached[start] = True
    frontier = [start]
    while frontier:
        for neighbor in links[frontier.pop()]:
            if not reached[neighbor]:
                reached[neighbor] = True
                frontier.append(neighbor)
