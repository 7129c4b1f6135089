"""Local cartridges and those of a database, searched together."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from vrom.index.lexical.bm25 import Scores
from vrom.search.features import LOCAL, Candidates, ShelfQuery, Store
from vrom.search.hits import Hit
from vrom.search.query import TermWeights
from vrom.store.shelf import StoredShelf


class BesideLocal:
    """Store that asks each shelf where its rows are."""

    def __init__(self, stored: Store) -> None:
        self._stored = stored

    def gather(self, asked: Sequence[ShelfQuery], weights: TermWeights) -> list[Candidates]:
        """Candidates of every shelf with their features, in order."""
        there = [one for one in asked if isinstance(one.cartridge, StoredShelf)]
        here = [one for one in asked if not isinstance(one.cartridge, StoredShelf)]
        found = {
            id(one): of for one, of in zip(there, self._stored.gather(there, weights) if there else [], strict=True)
        }
        found |= {id(one): of for one, of in zip(here, LOCAL.gather(here, weights), strict=True)}
        return [found[id(one)] for one in asked]

    def compare_pieces(self, wanted: Sequence[tuple[Candidates, NDArray[np.int64]]]) -> list[Scores]:
        """Similarity of these chunks of each shelf to the query by word pieces, in order."""
        there = [one for one in wanted if isinstance(one[0].cartridge, StoredShelf)]
        here = [one for one in wanted if not isinstance(one[0].cartridge, StoredShelf)]
        compared = [*(self._stored.compare_pieces(there) if there else []), *LOCAL.compare_pieces(here)]
        found = {id(one): scores for one, scores in zip([*there, *here], compared, strict=True)}
        return [found[id(one)] for one in wanted]

    def read_ahead(self, hits: Sequence[Hit]) -> None:
        """Read the documents of hits that are in the database together."""
        there = [hit for hit in hits if isinstance(hit.cartridge, StoredShelf)]
        if there:
            self._stored.read_ahead(there)
