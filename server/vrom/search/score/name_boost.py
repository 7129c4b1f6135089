"""Score boost for cartridges that the query names."""

from collections.abc import Sequence
from functools import lru_cache

from vrom.index.tokenizer import compounds, stem
from vrom.search.query import Query
from vrom.search.shelf import Shelf

COMMON = 0.2
"""Share of the other cartridges' chunks from which on a name counts as a common word ("datasets")."""


def name_boost(cartridges: Sequence[Shelf], query: Query, gain: float) -> dict[str, float]:
    """Score boost by cartridge id: up to `gain`, the more clearly the query names the cartridge."""
    return {cartridge.id: gain * _named(cartridge, cartridges, query) for cartridge in cartridges}


def _named(cartridge: Shelf, cartridges: Sequence[Shelf], query: Query) -> float:
    """Certainty from 0 to 1 that the query names this cartridge among the others."""
    named = _names(cartridge.id) & query.words
    if not named:
        return 0.0
    others = [other for other in cartridges if other is not cartridge]
    size = sum(other.size for other in others)
    if not size:
        return 0.0
    uses = min(sum(other.lexical.document_frequency(stem(name)) for other in others) for name in named)
    return max(0.0, 1 - uses / size / COMMON)


@lru_cache(maxsize=10_000)
def _names(cartridge_id: str) -> frozenset[str]:
    """Words by which a query may name a cartridge: its id, and the parts of it."""
    words = compounds(cartridge_id.lower())
    return frozenset(part for word in words for part in [word, *word.replace("_", "-").split("-")])
