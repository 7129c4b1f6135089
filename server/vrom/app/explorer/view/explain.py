"""Why each hit is where it is: the ranking taken apart into what each feature contributed, and the time of each stage.

It runs the stages of `vrom.search.rank` one by one, so that contributions and scores are those of the answer.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

import numpy as np

from vrom.search.adjust.definitions import put_definitions_first
from vrom.search.adjust.history import asks_for_history
from vrom.search.adjust.late_interaction import add_late_interaction
from vrom.search.adjust.name_boost import name_boost
from vrom.search.features import LOCAL, Candidates, Store, weigh_terms
from vrom.search.hits import Hit
from vrom.search.query import read_query
from vrom.search.rank import Mode, embed_for_each, score_candidates, spread_over_sections
from vrom.search.shelf import Shelf
from vrom.search.weights import DEFAULT_WEIGHTS, FeatureWeights

if TYPE_CHECKING:
    from vrom.embedding.loaded_models import Embedders

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


@dataclass(frozen=True)
class Explanation:
    """Hits with their reasons, the terms that were searched, and milliseconds by stage."""

    hits: Sequence[ExplainedHit]
    terms: frozenset[str]
    stages: dict[str, float]


def explain(
    cartridges: Sequence[Shelf],
    query: str,
    *,
    mode: Mode,
    embedders: "Embedders",
    limit: int,
    weights: FeatureWeights = DEFAULT_WEIGHTS,
    store: Store = LOCAL,
) -> Explanation:
    """Rank as `vrom.search.rank.rank` does, and take the scores of the `limit` best hits apart."""
    clock = [time.perf_counter()]
    parsed = read_query(query)
    terms = weigh_terms(cartridges, parsed, weights.slips)
    clock.append(time.perf_counter())
    candidates = store.gather(embed_for_each(cartridges, parsed, mode, embedders, []), terms)
    clock.append(time.perf_counter())
    boost = name_boost(cartridges, parsed, weights.preference)
    past = 0.0 if asks_for_history(query) else weights.history
    scores = []
    for one in candidates:
        is_history = one.past.astype(np.float32)
        base = score_candidates(one, mode, weights) + np.float32(boost[one.cartridge.id])
        scores.append(base - np.float32(past) * is_history)
    raised = scores
    if not parsed.is_lookup:
        scale = weights.semantic if mode == "semantic" else 1.0
        raised = add_late_interaction(candidates, scores, weights.tokens / scale, store.compare_pieces)
    clock.append(time.perf_counter())
    hits = spread_over_sections(candidates, raised, weights.repeat, limit)
    if mode != "semantic":
        hits = put_definitions_first(cartridges, query, hits, limit)
    clock.append(time.perf_counter())
    explained = []
    for rank, hit in enumerate(hits, 1):
        number = next(i for i, one in enumerate(candidates) if one.cartridge is hit.cartridge)
        one = candidates[number]
        at = int(np.searchsorted(one.chunk_ids, hit.chunk_id))
        if hit.line is not None:
            explained.append(ExplainedHit(rank, hit, [Contribution("definition", FEATURES["definition"], hit.score)]))
            continue
        parts = _features(one, at, mode, weights)
        parts["tokens"] = float(raised[number][at] - scores[number][at])
        parts["preference"] = float(boost[one.cartridge.id])
        parts["history"] = -past * float(one.past[at])
        parts["repeat"] = hit.score - float(raised[number][at])
        shown = [Contribution(name, FEATURES[name], value) for name, value in parts.items() if abs(value) > 0.0005]
        explained.append(ExplainedHit(rank, hit, shown))
    stages = ("terms", "candidates", "scores", "order")
    times = {name: 1000 * (end - start) for name, start, end in zip(stages, clock, clock[1:], strict=False)}
    return Explanation(explained, frozenset(terms.terms), times)


def _features(found: Candidates, at: int, mode: Mode, weights: FeatureWeights) -> dict[str, float]:
    """Contribution of each feature of a candidate to its score, as `score_candidates` adds it up."""
    lexical = {
        "words": found.words.chunk, "section_words": found.words.section, "pairs": found.words.pairs,
        "document_pairs": found.words.document_pairs,
    }  # fmt: skip
    parts: dict[str, float] = {}
    if found.meaning is None or mode != "semantic":
        scale = weights.lexical if found.meaning is None else 1.0
        parts |= {name: getattr(weights, name) / scale * float(values[at]) for name, values in lexical.items()}
    if found.meaning is not None:
        semantic = {
            "meaning": found.meaning.chunk, "section_meaning": found.meaning.section,
            "document_meaning": found.meaning.document,
        }  # fmt: skip
        scale = weights.semantic if mode == "semantic" else 1.0
        parts |= {name: getattr(weights, name) / scale * float(values[at]) for name, values in semantic.items()}
    return parts


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
