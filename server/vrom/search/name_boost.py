"""A question that names a library prefers its cartridge."""

from collections.abc import Sequence

from vrom.index.cartridge import Cartridge
from vrom.index.tokenizer import compounds, stem
from vrom.search.query import Query

COMMON = 0.2
"""A name that this share of the other cartridges' chunks use is a word, not a name ("datasets")."""


def name_boost(cartridges: Sequence[Cartridge], query: Query, gain: float) -> dict[str, float]:
    """What a chunk gains for its cartridge, by cartridge id: `gain` where the question surely names it."""
    return {cartridge.id: gain * _named(cartridge, cartridges, query) for cartridge in cartridges}


def _named(cartridge: Cartridge, cartridges: Sequence[Cartridge], query: Query) -> float:
    """From 0 to 1: how surely the question names this cartridge among the others."""
    others = [other for other in cartridges if other is not cartridge]
    size = sum(len(other.chunks) for other in others)
    names = {part for word in compounds(cartridge.id.lower()) for part in [word, *word.replace("_", "-").split("-")]}
    named = names & query.words
    if not size or not named:
        return 0.0
    uses = min(sum(other.lexical.document_frequency(stem(name)) for other in others) for name in named)
    return max(0.0, 1 - uses / size / COMMON)
