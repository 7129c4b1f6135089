"""The way from a query to an ordered list of chunks."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from vrom.index.cartridge import Cartridge
from vrom.index.lexical.bm25 import Scores
from vrom.search.confidence import no_match_note
from vrom.search.features import (
    Candidates,
    CartridgeQuery,
    SemanticFeatures,
    extract_features,
    find_lexical_candidates,
    weigh_terms,
)
from vrom.search.hits import Hit, Ranking
from vrom.search.lexical_candidates import LexicalFeatures
from vrom.search.name_boost import name_boost
from vrom.search.query import MAX_CHARACTERS, read_query
from vrom.search.query_embedding import embed_query
from vrom.search.weights import DEFAULT_WEIGHTS, FeatureWeights

if TYPE_CHECKING:
    from vrom.embedding.loaded_models import Embedders

Mode = Literal["hybrid", "semantic", "lexical"]


def rank(
    cartridges: Sequence[Cartridge],
    query: str,
    *,
    mode: Mode,
    embedders: "Embedders",
    limit: int,
    weights: FeatureWeights = DEFAULT_WEIGHTS,
) -> Ranking:
    """The `limit` best chunks of all `cartridges` for `query`.

    Words and meaning both propose candidates; each is judged by itself, its section and its page. A cartridge whose
    model can't be used is searched by words alone, and a note says so and how to mend it.
    """
    parsed = read_query(query)
    notes = [f"Only the first {MAX_CHARACTERS:,} characters of the query were read."] if parsed.was_cut else []
    terms = weigh_terms(cartridges, parsed, weights.slips)
    boost = name_boost(cartridges, parsed, weights.preference)
    matches = find_lexical_candidates(cartridges, terms)
    queries: list[CartridgeQuery] = []
    for cartridge, matched in zip(cartridges, matches, strict=True):
        vector = embed_query(cartridge, parsed.text, embedders, notes) if mode != "lexical" else None
        queries.append(CartridgeQuery(cartridge, matched, vector, by_words=mode != "semantic" or vector is None))
    candidates = extract_features(queries)
    scores = [score_candidates(one, mode, weights) + np.float32(boost[one.cartridge.id]) for one in candidates]
    hits = spread_over_sections(candidates, scores, weights.repeat, limit)
    # A re-ranker reorders `hits` here.
    no_match = no_match_note(candidates, hits, terms)
    return Ranking(hits, [*notes, *filter(None, [no_match])], bool(no_match))


def score_candidates(found: Candidates, mode: Mode, weights: FeatureWeights = DEFAULT_WEIGHTS) -> Scores:
    """One score a candidate, from 0 to about 1, by words, by meaning or by both."""
    if found.meaning is None:
        return lexical_score(found.words, weights) / np.float32(weights.lexical)
    if mode == "semantic":
        return semantic_score(found.meaning, weights) / np.float32(weights.semantic)
    return lexical_score(found.words, weights) + semantic_score(found.meaning, weights)


def lexical_score(words: LexicalFeatures, weights: FeatureWeights) -> Scores:
    """Words in the chunk and in its section; pairs of neighbouring words in the chunk and on its page."""
    score: Scores = weights.words * words.chunk + weights.section_words * words.section
    score += weights.pairs * words.pairs + weights.page_pairs * words.page_pairs
    return score


def semantic_score(meaning: SemanticFeatures, weights: FeatureWeights) -> Scores:
    """Nearness of the chunk, of the best chunk of its section, and of its page as a whole."""
    score: Scores = weights.meaning * meaning.chunk + weights.section_meaning * meaning.section
    score += weights.page_meaning * meaning.page
    return score


def spread_over_sections(found: Sequence[Candidates], scores: Sequence[Scores], repeat: float, limit: int) -> list[Hit]:
    """The best `limit` hits, in which the second chunk of a section ranks lower than alone, the third lower still.

    Equals keep the order of the cartridges and of the text.
    """
    if not found:
        return []
    sizes = [one.cartridge.outline.sections for one in found]
    every = np.concatenate(scores)
    order = np.argsort(-every, kind="stable")
    sections = [one.cartridge.outline.section_of[one.chunk_ids] + sum(sizes[:i]) for i, one in enumerate(found)]
    lowered = every[order] - np.float32(repeat) * _repeats(np.concatenate(sections)[order])
    best = np.argsort(-lowered, kind="stable")[:limit]
    best = best[lowered[best] > 0]
    where = order[best]
    ids = np.concatenate([one.chunk_ids for one in found])[where].tolist()
    owners = np.repeat(np.arange(len(found)), [len(one.chunk_ids) for one in found])[where].tolist()
    return list(map(Hit, [found[i].cartridge for i in owners], ids, lowered[best].tolist()))


def _repeats(groups: NDArray[np.integer[Any]]) -> NDArray[np.float32]:
    """For each item, how many items before it belong to the same group."""
    before: dict[int, int] = {}
    counts = []
    for group in groups.tolist():  # some hundred: quicker than the eight steps that numpy takes
        counts.append(count := before.get(group, 0))
        before[group] = count + 1
    return np.array(counts, dtype=np.float32)
