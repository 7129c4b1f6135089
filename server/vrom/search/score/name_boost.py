"""Score boost for cartridges that the query names."""

from collections.abc import Sequence

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
    others = [other for other in cartridges if other is not cartridge]
    size = sum(other.size for other in others)
    names = {part for word in compounds(cartridge.id.lower()) for part in [word, *word.replace("_", "-").split("-")]}
    named = names & query.words
    if not size or not named:
        return 0.0
    uses = min(sum(other.document_frequency(stem(name)) for other in others) for name in named)
    return max(0.0, 1 - uses / size / COMMON)
