"""Candidates with their scores, and what each score is the sum of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from vrom.index.lexical.bm25 import Scores
from vrom.search.features import Candidates, SemanticFeatures
from vrom.search.hits import Hit
from vrom.search.lexical_candidates import LexicalFeatures
from vrom.search.query import Query
from vrom.search.score.late_interaction import ComparePieces, add_late_interaction
from vrom.search.score.name_boost import name_boost
from vrom.search.weights import FeatureWeights

Mode = Literal["hybrid", "semantic", "lexical"]


@dataclass(frozen=True)
class ScoredCandidates:
    """Candidates of every cartridge with their scores."""

    candidates: Sequence[Candidates]
    scores: Sequence[Scores]
    """float32, (c,) for each cartridge."""
    without_tokens: Sequence[Scores]
    """The same before late interaction."""
    mode: Mode
    weights: FeatureWeights
    boosts: Mapping[str, float]
    """Boost of the chunks of a cartridge that the query names, by its id."""
    history: float
    """Deduction from chunks about the past."""

    def contributions(self, hit: Hit) -> dict[str, float]:
        """Parts of the score of a hit, by the names of the weights; a deduction is negative."""
        if hit.line is not None:
            return {"definition": hit.score}
        number = next(i for i, one in enumerate(self.candidates) if one.cartridge is hit.cartridge)
        found = self.candidates[number]
        at = int(np.searchsorted(found.chunk_ids, hit.chunk_id))
        score = float(self.scores[number][at])
        parts = _weighted_features(found, at, self.mode, self.weights)
        parts["preference"] = self.boosts[found.cartridge.id]
        parts["history"] = -self.history * float(found.past[at])
        parts["tokens"] = score - float(self.without_tokens[number][at])
        parts["repeat"] = hit.score - score
        return parts


def score_candidates(
    candidates: Sequence[Candidates],
    query: Query,
    mode: Mode,
    weights: FeatureWeights,
    *,
    about_past: bool,
    compare_pieces: ComparePieces,
) -> ScoredCandidates:
    """Score candidates, from 0 to about 1; `about_past` if changelogs may answer the query."""
    boosts = name_boost([one.cartridge for one in candidates], query, weights.preference)
    history = 0.0 if about_past else weights.history
    past = np.float32(history)
    scores = without_tokens = [
        _score_features(one, mode, weights) + np.float32(boosts[one.cartridge.id]) - past * one.past.astype(np.float32)
        for one in candidates
    ]
    if not query.is_lookup:
        scale = weights.semantic if mode == "semantic" else 1.0
        scores = add_late_interaction(candidates, scores, weights.tokens / scale, compare_pieces)
    return ScoredCandidates(candidates, scores, without_tokens, mode, weights, boosts, history)


def _score_features(found: Candidates, mode: Mode, weights: FeatureWeights) -> Scores:
    """Score each candidate by lexical features, semantic ones or both: float32, (c,)."""
    if found.meaning is None:
        return _lexical_score(found.words, weights) / np.float32(weights.lexical)
    if mode == "semantic":
        return _semantic_score(found.meaning, weights) / np.float32(weights.semantic)
    return _lexical_score(found.words, weights) + _semantic_score(found.meaning, weights)


def _lexical_score(words: LexicalFeatures, weights: FeatureWeights) -> Scores:
    """Weighted sum of lexical features: terms in chunk and section, pairs of words in chunk and document."""
    score: Scores = weights.words * words.chunk + weights.section_words * words.section
    score += weights.pairs * words.pairs + weights.document_pairs * words.document_pairs
    return score


def _semantic_score(meaning: SemanticFeatures, weights: FeatureWeights) -> Scores:
    """Weighted sum of semantic features: similarity of the chunk, its section's best chunk, and its document."""
    score: Scores = weights.meaning * meaning.chunk + weights.section_meaning * meaning.section
    score += weights.document_meaning * meaning.document
    return score


def _weighted_features(found: Candidates, at: int, mode: Mode, weights: FeatureWeights) -> dict[str, float]:
    """Part of each feature of a candidate in its score."""
    words, meaning = found.words, found.meaning
    lexical = {
        "words": words.chunk, "section_words": words.section, "pairs": words.pairs,
        "document_pairs": words.document_pairs,
    }  # fmt: skip
    if meaning is None:
        return _weighted(lexical, at, weights, weights.lexical)
    semantic = {
        "meaning": meaning.chunk, "section_meaning": meaning.section, "document_meaning": meaning.document,
    }  # fmt: skip
    if mode == "semantic":
        return _weighted(semantic, at, weights, weights.semantic)
    return _weighted(lexical | semantic, at, weights, 1.0)


def _weighted(features: Mapping[str, Scores], at: int, weights: FeatureWeights, scale: float) -> dict[str, float]:
    return {name: getattr(weights, name) / scale * float(values[at]) for name, values in features.items()}
