"""The best candidates ordered again by late interaction: word pieces of the query with those of the chunk."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from vrom.index.lexical.bm25 import Scores
from vrom.search.features import Candidates

COMPARED = 30
"""Candidates compared: what answers a question is among so many for 97 in 100."""


ComparePieces = Callable[[Sequence[tuple[Candidates, NDArray[np.int64]]]], list[Scores]]
"""`vrom.search.features.Store.compare_pieces`."""


def add_late_interaction(
    found: Sequence[Candidates], scores: Sequence[Scores], weight: float, compare: ComparePieces
) -> list[Scores]:
    """Scores of all candidates, raised by up to `weight` for the best `COMPARED`: the most for the most similar, by
    nothing for the least.

    Candidates among them whose cartridge has no word pieces get the mean, so that it neither gains nor loses.
    """
    raised = list(scores)
    if not weight or all(one.tokens is None for one in found):
        return raised
    every = np.concatenate(scores)
    best = np.argsort(-every, kind="stable")[:COMPARED]
    ends = np.cumsum([len(one) for one in scores])
    owners = np.searchsorted(ends, best, side="right")
    similarity = np.full(len(best), np.nan, dtype=np.float32)
    places, wanted = [], []
    for owner, one in enumerate(found):
        own = np.flatnonzero(owners == owner)
        if len(own) and one.tokens is not None:
            places.append(own)
            wanted.append((one, one.chunk_ids[best[own] - (ends[owner] - len(one.chunk_ids))]))
    for own, compared in zip(places, compare(wanted), strict=True):
        similarity[own] = compared
    known = similarity[~np.isnan(similarity)]
    if not len(known):
        return raised
    similarity[np.isnan(similarity)] = known.mean()
    every[best] += np.float32(weight) * (similarity - known.min())
    return list(np.split(every, ends[:-1]))
