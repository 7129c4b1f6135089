"""The best candidates ordered again by late interaction: word pieces of the query with those of the chunk."""

from collections.abc import Sequence

import numpy as np

from vrom.index.lexical.bm25 import Scores
from vrom.search.features import Candidates

COMPARED = 30
"""Candidates compared: what answers a question is among so many for 97 in 100."""


def add_late_interaction(found: Sequence[Candidates], scores: Sequence[Scores], weight: float) -> list[Scores]:
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
    for owner, one in enumerate(found):
        own = np.flatnonzero(owners == owner)
        if len(own) and one.tokens is not None:
            ids = one.chunk_ids[best[own] - (ends[owner] - len(one.chunk_ids))]
            similarity[own] = one.tokens(ids)
    known = similarity[~np.isnan(similarity)]
    if not len(known):
        return raised
    similarity[np.isnan(similarity)] = known.mean()
    every[best] += np.float32(weight) * (similarity - known.min())
    return list(np.split(every, ends[:-1]))
