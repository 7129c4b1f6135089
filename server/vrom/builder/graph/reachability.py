"""Links on layer 0 without which a search couldn't reach every node."""

import numpy as np
from numpy.typing import NDArray

from vrom.builder.graph.neighbours import Grid, Ids

Links = list[list[int]]
"""The neighbours of every node on one layer."""


def link_equals(links: Links, first: Ids, degree: int) -> None:
    """Link nodes whose vector another one has too: each gets the links of the first, and one leads to it.

    `first[i]` is the first node that equals node i. Equals form a chain, so that their number costs the first no links.
    """
    last = list(range(len(first)))
    for node, original in enumerate(first.tolist()):
        if node != original:
            links[node] = [original, *links[original]][:degree]
            links[last[original]].append(node)
            last[original] = node


def link_unreachable(links: Links, grid: Grid, entry_point: int, limit: int) -> None:
    """Link every node that `entry_point` doesn't lead to from the nearest one that it does and that has room.

    There is always one with fewer than `limit` links, if every node had room for one more before: a link takes a place
    and brings a node with a new one.
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
    """Mark `start` and everything that it leads to in `reached`, bool, (n,)."""
    reached[start] = True
    frontier = [start]
    while frontier:
        for neighbor in links[frontier.pop()]:
            if not reached[neighbor]:
                reached[neighbor] = True
                frontier.append(neighbor)
