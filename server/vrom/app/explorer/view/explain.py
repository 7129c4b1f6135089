"""Why each hit is where it is: what each feature contributed to its score."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

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


def draw_bar(contributions: Sequence[Contribution], most: float) -> Markup:
    """The positive contributions side by side, as parts of a picture 100 wide; `most` is the sum that fills it."""
    parts, start = [], 0.0
    for one in contributions:
        if one.value > 0 and most > 0:
            width = 100 * one.value / most
            place = f'x="{start:.2f}" width="{width:.2f}" height="6"'
            parts.append(f'<rect class="f {one.name}" {place}><title>{one.label}</title></rect>')
            start += width
    return Markup("".join(parts))  # noqa: S704 - names and labels are those of `FEATURES`


def list_contributions(contributions: Sequence[Contribution]) -> Markup:
    """The entries of a list with label and value."""
    entries = [f"<div><dt>{one.label}</dt><dd>{one.value:+.3f}</dd></div>" for one in contributions]
    return Markup("".join(entries))  # noqa: S704 - labels are those of `FEATURES`
