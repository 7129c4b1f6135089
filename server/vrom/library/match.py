"""How well a question fits what cartridges say of themselves, be they mounted or only listed by a registry."""

import math
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple, Protocol

from vrom.index.tokenizer import tokenize
from vrom.search.query import FUNCTION_TERMS, read_query


class Described(Protocol):
    """What has an id, and says in words what it is about."""

    @property
    def id(self) -> str:
        """What it is called."""

    @property
    def terms(self) -> frozenset[str]:
        """The words of its id and description, as search cuts them."""


class Fit(NamedTuple):
    """What a question has in common with a description. The better of two is the larger."""

    is_named: bool
    """Whether the question has every word of the id."""
    weight: float
    """Of the shared words: the fewer descriptions have one, the more it counts."""
    shared: int
    """Words of the question that the description has; those that say nothing alone aren't counted."""


def fits(question: str, described: Sequence[Described]) -> list[Fit]:
    """How well the question fits each of them, in their order."""
    asked = set(read_query(question).terms) - FUNCTION_TERMS
    shared = [one.terms & asked for one in described]
    holders = Counter(term for terms in shared for term in terms)
    weights = {term: math.log(1 + len(described) / count) for term, count in holders.items()}
    return [
        Fit(_names(terms, one.id), sum(weights[term] for term in sorted(terms)), len(terms))
        for one, terms in zip(described, shared, strict=True)
    ]


def _names(shared: frozenset[str], cartridge_id: str) -> bool:
    if not shared:
        return False
    name = tokenize(cartridge_id)
    return bool(name) and shared.issuperset(name)
