"""Lexical candidates of a cartridge and their features.

In a small cartridge, all postings of the query's terms are read. In a large one they are too many: "the" alone is in
most of a million chunks. There, rare terms generate the candidates, as they can outweigh missing common ones (the idea
of MaxScore, Turtle & Flood 1995). Common terms are then counted for the candidates only, which gives these the same
scores as reading all postings.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from vrom.index.lexical.bm25 import LexicalIndex, Scores, check_ids, places
from vrom.index.outline import Ids, Outline
from vrom.search.query import TermWeights

WHOLE_UP_TO = 20_000
"""Largest cartridge, in chunks, in which all postings are read: about 0.5 ms."""
READ_RARE = 100_000
"""Postings read to generate candidates; those of the rarest term are always read."""
_WIDER = 4
"""Candidates re-scored exactly, as a multiple of `count`."""


@dataclass(frozen=True)
class LexicalFeatures:
    """Scores by terms and pairs of terms, float32, (c,) each."""

    chunk: Scores
    section: Scores
    pairs: Scores
    document_pairs: Scores


ScoredChunks = tuple[NDArray[np.int64], Scores]
"""Chunk ids, int64, (n,), and a score for each."""
NO_CHUNKS: ScoredChunks = (np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32))
_NO_WORDS = LexicalFeatures(*[NO_CHUNKS[1]] * 4)


class TermMatches(Protocol):
    """Matches of one query's terms in one cartridge."""

    def best(self, count: int) -> ScoredChunks:
        """Chunks with the highest lexical scores, their own plus their section's, unordered."""

    def words(self, ids: NDArray[np.int64]) -> LexicalFeatures:
        """Lexical features of these chunks, whose ids ascend."""


def match_terms(lexical: LexicalIndex, weights: TermWeights) -> TermMatches:
    """Match terms with all postings, or in a large cartridge with those of rare terms."""
    if len(lexical.outline.document_of) <= WHOLE_UP_TO:
        return WholeMatches(lexical, weights)
    terms = [(found, weight) for term, weight in weights.terms.items() if (found := lexical.vocabulary.find(term)) >= 0]
    pairs = [(holders, weight) for pair, weight in weights.pairs.items() if len(holders := lexical.holders(pair))]
    return _Selected(lexical, terms, pairs)


class WholePostings(Protocol):
    """All postings of a query's terms in one cartridge."""

    @property
    def outline(self) -> Outline:
        """Document and section of every chunk."""

    def word_scores(self, weights: Mapping[str, float]) -> tuple[Scores, Scores]:
        """BM25 score of every chunk and section: (n,) and (sections,)."""

    def pair_scores(self, weights: Mapping[tuple[str, str], float]) -> tuple[Scores, Scores]:
        """Summed weight of the query's pairs in every chunk and document: (n,) and (documents,)."""


class WholeMatches:
    """Term matches from all postings."""

    def __init__(self, lexical: WholePostings, weights: TermWeights) -> None:
        self._outline = lexical.outline
        self._lexical, self._weights = lexical, weights
        self._chunks, self._sections = lexical.word_scores(weights.terms)

    def best(self, count: int) -> ScoredChunks:
        """Chunks with the highest lexical scores, their own plus their section's, unordered."""
        scores = self._chunks + self._sections[self._outline.section_of]
        best = _best(scores, count)
        return best, scores[best]

    def words(self, ids: NDArray[np.int64]) -> LexicalFeatures:
        """Lexical features of these chunks, whose ids ascend."""
        if len(ids) == 0:
            return _NO_WORDS
        pairs, document_pairs = self._lexical.pair_scores(self._weights.pairs)
        return LexicalFeatures(
            chunk=self._chunks[ids],
            section=self._sections[self._outline.section_of[ids]],
            pairs=pairs[ids],
            document_pairs=document_pairs[self._outline.document_of[ids]],
        )


class _Selected:
    """Term matches with rare terms; common terms are matched for candidates only."""

    def __init__(
        self, lexical: LexicalIndex, terms: Sequence[tuple[int, float]], pairs: Sequence[tuple[Ids, float]]
    ) -> None:
        self._lexical, self._outline = lexical, lexical.outline
        self._terms, self._pairs = terms, pairs

    def best(self, count: int) -> ScoredChunks:
        rare = self._rare()
        if not rare:
            return NO_CHUNKS
        section_of = self._outline.section_of
        chunks: Scores = np.zeros(len(section_of), dtype=np.float32)
        sections: Scores = np.zeros(self._outline.sections, dtype=np.float32)
        for term, weight in rare:
            self._lexical.chunks.add(term, weight, chunks)
            self._lexical.sections.add(term, weight, sections)
        touched = np.concatenate([self._lexical.chunks.of(term)[0] for term, _ in rare])
        likely = _highest(touched, chunks[touched] + sections[section_of[touched]], _WIDER * count * len(rare))
        there = np.concatenate([self._lexical.sections.of(term)[0] for term, _ in rare])
        whole = np.unique(_highest(there, sections[there], count * len(rare)))
        members = self._outline.members(whole)[0]
        pool = np.unique(np.concatenate([likely, members[: 8 * _WIDER * count]]))
        pool = np.unique(_highest(pool, chunks[pool] + sections[section_of[pool]], _WIDER * count))
        scores = np.add(*self._word_scores(pool))
        best = _best(scores, count)
        return pool[best].astype(np.int64), scores[best]

    def words(self, ids: NDArray[np.int64]) -> LexicalFeatures:
        if len(ids) == 0:
            return _NO_WORDS
        chunk, section = self._word_scores(ids)
        pairs = np.zeros(len(ids), dtype=np.float32)
        document_pairs = np.zeros(len(ids), dtype=np.float32)
        among = ids.astype(np.int32)
        documents, document_where = np.unique(self._outline.document_of[ids], return_inverse=True)
        for holders, weight in self._pairs:
            pairs[places(holders, among)[1]] += np.float32(weight)
            document_pairs += np.float32(weight) * self._documents_with(holders, documents)[document_where]
        return LexicalFeatures(chunk, section, pairs, document_pairs)

    def _rare(self) -> list[tuple[int, float]]:
        """Rarest terms, as many as `READ_RARE` postings allow; at least one."""
        chosen: list[tuple[int, float]] = []
        left = READ_RARE
        for term, weight in sorted(self._terms, key=lambda item: self._lexical.chunks.frequency(item[0])):
            left -= self._lexical.chunks.frequency(term)
            if chosen and left < 0:
                break
            chosen.append((term, weight))
        return chosen

    def _word_scores(self, ids: NDArray[np.int64]) -> tuple[Scores, Scores]:
        """BM25 scores of the chunks `ids`, ascending, and of the section of each."""
        among = ids.astype(np.int32)
        own, where = np.unique(self._outline.section_of[ids], return_inverse=True)
        chunks: Scores = np.zeros(len(ids), dtype=np.float32)
        sections: Scores = np.zeros(len(own), dtype=np.float32)
        for term, weight in self._terms:
            self._lexical.chunks.add_among(among, term, weight, chunks)
            self._lexical.sections.add_among(own, term, weight, sections)
        return chunks, sections[where]

    def _documents_with(self, holders: Ids, documents: Ids) -> NDArray[np.bool_]:
        """True for each of `documents`, ascending numbers, that has one of the chunks `holders`."""
        document_of = self._outline.document_of
        if not self._outline.documents_in_order:
            check_ids(holders, len(document_of))
            return np.isin(documents, document_of[holders])
        first = np.searchsorted(document_of, documents).astype(np.int32)
        end = np.searchsorted(document_of, documents, side="right").astype(np.int32)
        return np.asarray(np.searchsorted(holders, end) > np.searchsorted(holders, first))


def _best(scores: Scores, count: int) -> NDArray[np.int64]:
    """Positions of the highest scores above 0, unordered."""
    if len(scores) > count:
        best = np.argpartition(scores, len(scores) - count)[len(scores) - count :]
    else:
        best = np.arange(len(scores))
    return best[scores[best] > 0].astype(np.int64)


def _highest(ids: NDArray[np.integer[Any]], scores: Scores, count: int) -> NDArray[np.integer[Any]]:
    """Ids with the highest scores, unordered; a repeated id may be returned repeatedly."""
    if len(ids) <= count:
        return ids
    return ids[np.argpartition(scores, len(scores) - count)[len(scores) - count :]]
