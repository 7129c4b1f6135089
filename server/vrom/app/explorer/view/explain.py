"""Why each hit is where it is: what each feature contributed to its score."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from vrom.search.hits import Hit
from vrom.search.rank import Ranking

FEATURES = {
    "words": "words in the chunk and its title path",
    "section_words": "words in the whole section",
    "pairs": "neighbouring words in the chunk",
    "document_pairs": "neighbouring words in the document",
    "meaning": "meaning of the chunk",
    "section_meaning": "meaning of the section's best chunk",
    "document_meaning": "meaning of the document",
    "tokens": "word pieces, compared one by one",
    "preference": "the query names the cartridge",
    "history": "about the past",
    "repeat": "better chunks of the same section",
    "definition": "it defines the name that is the query",
}
"""Label of each weight in `FeatureWeights`, and for definitions, which come first."""
_LEAST_SHOWN = 0.0005


@dataclass(frozen=True)
class Contribution:
    """Share of one feature in a score; negative for a deduction."""

    name: str
    label: str
    value: float


@dataclass(frozen=True)
class ExplainedHit:
    """A hit with what its score is the sum of."""

    rank: int
    hit: Hit
    contributions: Sequence[Contribution]


def explain(ranking: Ranking, count: int) -> list[ExplainedHit]:
    """Take the scores of the `count` best hits apart; what is too small to be seen is left out."""
    return [
        ExplainedHit(
            rank,
            hit,
            [
                Contribution(name, FEATURES[name], value)
                for name, value in ranking.scored.contributions(hit).items()
                if abs(value) > _LEAST_SHOWN
            ],
        )
        for rank, hit in enumerate(ranking.hits[:count], 1)
    ]


@dataclass(frozen=True)
class Bar:
    """One part of a stacked bar, in percent of its width."""

    name: str
    label: str
    value: float
    start: float
    width: float


def stacked_bar(contributions: Sequence[Contribution], most: float) -> list[Bar]:
    """The positive contributions side by side; `most` is the sum that fills the bar."""
    positive = [one for one in contributions if one.value > 0]
    widths = [100 * one.value / most if most > 0 else 0.0 for one in positive]
    starts = [0.0, *accumulate(widths)]
    return [
        Bar(one.name, one.label, one.value, start, width)
        for one, start, width in zip(positive, starts, widths, strict=False)
    ]
