"""Ranking features of candidates: lexical and semantic, of the chunk, its section and its document.

Every array is float32, (c,), one number a candidate. Words count as the share of the question's weight that they match,
so 1 would be every word, very often; meaning is the similarity above that of unrelated chunks, so 0 is chance and 1 is
identity. Both mean the same in every cartridge, whatever its size and model.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from vrom.index.cartridge import Cartridge
from vrom.index.lexical.bm25 import Scores
from vrom.index.lexical.spelling import nearest
from vrom.index.vectors import Likeness
from vrom.search.lexical_candidates import NO_CHUNKS, LexicalFeatures, ScoredChunks, TermMatches, match_terms
from vrom.search.query import FUNCTION_TERMS, MAX_TERMS, Query, TermWeights

Id = TypeVar("Id", np.int32, np.int64)

MAX_STRANGERS = 8
"""Unknown words that are looked up as slips; a question with more of them isn't about these cartridges."""
CANDIDATES = 100
"""Chunks that each way of searching proposes, a cartridge."""
POOL = 300
"""Chunks that each way of searching proposes in all: what is behind so many by words and by meaning is never first."""


@dataclass(frozen=True)
class SemanticFeatures:
    """Similarity to the query above chance, float32, (c,) each."""

    chunk: Scores
    section: Scores
    page: Scores


@dataclass(frozen=True)
class Candidates:
    """The candidates of one cartridge with their features."""

    cartridge: Cartridge
    chunk_ids: NDArray[np.int64]
    words: LexicalFeatures
    meaning: SemanticFeatures | None


def weigh_terms(cartridges: Sequence[Cartridge], query: Query, slips: float) -> TermWeights:
    """Weights by how rare a word is in all of these cartridges together, so that one scale holds for all.

    `slips` is what a word counts that is only the nearest known one to what was typed.
    """
    size = sum(len(cartridge.chunks) for cartridge in cartridges)
    frequency = {t: sum(c.lexical.document_frequency(t) for c in cartridges) for t in query.terms}
    rarity = {term: _rarity(count, size) for term, count in frequency.items() if count}
    strangers = [term for term, count in frequency.items() if not count and term not in FUNCTION_TERMS]
    for term, count in corrections(cartridges, strangers).items():
        rarity.setdefault(term, slips * _rarity(count, size))
    kept = sorted(rarity, key=rarity.__getitem__, reverse=True)[:MAX_TERMS]
    total = sum(rarity[term] for term in kept) or 1.0
    unknown = len(strangers) * _rarity(0, size)
    pairs = {}
    for pair in query.pairs[: 2 * MAX_TERMS]:
        if count := sum(len(cartridge.lexical.holders(pair)) for cartridge in cartridges):
            pairs[pair] = math.log(1 + size / count) / total
    return TermWeights({term: rarity[term] / total for term in kept}, pairs, total / (total + unknown))


def corrections(cartridges: Sequence[Cartridge], strangers: Sequence[str]) -> dict[str, int]:
    """For terms that occur nowhere, the known terms they may be slips of, and how many chunks hold these."""
    meant: dict[str, int] = {}
    for term in strangers[:MAX_STRANGERS]:
        known = {word for cartridge in cartridges for word in cartridge.speller.candidates(term)}
        if guess := nearest(term, sorted(known)):
            meant[guess] = sum(cartridge.lexical.document_frequency(guess) for cartridge in cartridges)
    return meant


def _rarity(count: int, size: int) -> float:
    """Inverse document frequency as in BM25, never negative."""
    return math.log(1 + (size - count + 0.5) / (count + 0.5))


@dataclass(frozen=True)
class LexicalMatches:
    """Term matches in one cartridge, and the best chunks by them."""

    match_terms: TermMatches
    proposed: ScoredChunks


def find_lexical_candidates(cartridges: Sequence[Cartridge], weights: TermWeights) -> list[LexicalMatches]:
    """Match the query's terms in each cartridge and pick its `CANDIDATES` best chunks."""
    surveys = [match_terms(cartridge.lexical, weights) for cartridge in cartridges]
    return [LexicalMatches(seen, seen.best(CANDIDATES)) for seen in surveys]


@dataclass(frozen=True)
class CartridgeQuery:
    """A cartridge, and how to search it."""

    cartridge: Cartridge
    words: LexicalMatches
    query: NDArray[np.float32] | None
    """float32, (dim,), of unit length; None where meaning can't be searched."""
    by_words: bool = True
    """Whether words propose candidates."""


def extract_features(asked: Sequence[CartridgeQuery]) -> list[Candidates]:
    """Candidates of every cartridge with their features.

    Only those are looked at more closely that are among the first by words or by meaning over all cartridges.
    """
    likeness = [None if one.query is None else one.cartridge.dense.compare(one.query) for one in asked]
    near = [_nearest(one.cartridge, of) for one, of in zip(asked, likeness, strict=True)]
    worded = [one.words.proposed if one.by_words else NO_CHUNKS for one in asked]
    least_words, least_meaning = _least(worded), _least(near)
    found: list[Candidates] = []
    for one, like, (by_words, scores), (by_meaning, similarity) in zip(asked, likeness, worded, near, strict=True):
        kept = np.concatenate([by_words[scores >= least_words], by_meaning[similarity >= least_meaning]])
        ids = _ascending(kept[~one.cartridge.outline.bare[kept]])
        meaning = _meaning(one.cartridge, like, ids) if like is not None and len(ids) else None
        found.append(Candidates(one.cartridge, ids, one.words.match_terms.words(ids), meaning))
    return found


def _ascending(ids: NDArray[Id]) -> NDArray[Id]:
    """Each id once, in order: for some hundred in a third of the time of `np.unique`."""
    ordered = np.sort(ids)
    is_first = np.ones(len(ordered), dtype=np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=is_first[1:])
    once: NDArray[Id] = ordered[is_first]
    return once


def _nearest(cartridge: Cartridge, likeness: Likeness | None) -> ScoredChunks:
    """What is nearest by meaning, with similarities above chance, which mean the same in every cartridge."""
    if likeness is None:
        return NO_CHUNKS
    ids, similarity = likeness.nearest(CANDIDATES)
    return ids, cartridge.above_chance(similarity)


def _least(proposed: Sequence[ScoredChunks]) -> float:
    """The score that a candidate must have to be among the best `POOL` of all cartridges."""
    if sum(len(scores) for _, scores in proposed) <= POOL:
        return -math.inf
    every = np.concatenate([scores for _, scores in proposed])
    return float(np.partition(every, len(every) - POOL)[len(every) - POOL])


def _meaning(cartridge: Cartridge, likeness: Likeness, ids: NDArray[np.int64]) -> SemanticFeatures:
    outline = cartridge.outline
    page_of = outline.page_of[ids]
    pages = _ascending(page_of)
    centres = cartridge.page_centres[pages] @ likeness.query
    found = (likeness.of(ids), likeness.of_sections(outline, ids), centres[np.searchsorted(pages, page_of)])
    return SemanticFeatures(*cartridge.above_chance(np.stack(found)))
