"""Which of many cartridges a question goes to."""

import math
from collections.abc import Sequence

from vrom.mounts.mount import Mount


def nearest_mounts(mounts: Sequence[Mount], question: str, count: int) -> list[Mount]:
    """The `count` mounts that share most with a question in id, description and source, rare words counting most.

    Among equals those come first that were used last. The order of the mounts is kept.
    """
    from vrom.search.question import FUNCTION_TERMS, read_question

    asked = set(read_question(question).terms) - FUNCTION_TERMS
    holding = {term: [mount for mount in mounts if term in mount.terms] for term in asked}
    scores: dict[int, float] = {}
    for holders in holding.values():
        for mount in holders:
            scores[id(mount)] = scores.get(id(mount), 0.0) + math.log(1 + len(mounts) / len(holders))
    best = sorted(mounts, key=lambda mount: (-scores.get(id(mount), 0.0), -mount.used))[:count]
    chosen = {id(mount) for mount in best}
    return [mount for mount in mounts if id(mount) in chosen]
