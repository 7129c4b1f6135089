"""Match between a query and descriptions of cartridges, mounted or listed by a registry."""

import math
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple, Protocol

from vrom.index.tokenizer import tokenize
from vrom.search.query import FUNCTION_TERMS, read_query


class Described(Protocol):
    """Object with an id and descriptive terms."""

    @property
    def id(self) -> str:
        """Id of the cartridge."""

    @property
    def terms(self) -> frozenset[str]:
        """Terms of id and description, as the search tokenizer produces them."""


class Fit(NamedTuple):
    """Match between a query and one description. Better matches compare greater."""

    is_named: bool
    """True if the query contains every term of the id."""
    weight: float
    """Summed weight of the shared terms; a term that fewer descriptions contain weighs more."""
    shared: int
    """Number of query terms in the description, function words excluded."""


def fits(question: str, described: Sequence[Described]) -> list[Fit]:
    """Match of the query with each description, in the given order."""
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
