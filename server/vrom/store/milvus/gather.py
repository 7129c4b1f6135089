"""From the scores that Milvus returns to candidates with their features.

The engine compares rows with a query. What is made of the scores is the same as with local cartridges, by the outline
that a server has of each: a chunk's section has its words and its nearest chunk, its document has its pairs and its
centre. A search returns at most `FIRST` rows; what is missing after that is asked for by the ids of the rows.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vrom.index.lexical.bm25 import Scores
from vrom.index.outline import Outline
from vrom.search.features import CANDIDATES, Candidates, ShelfQuery, find_candidates
from vrom.search.lexical_candidates import WholeMatches
from vrom.search.query import TermWeights
from vrom.store.milvus.database import MOST, Scored
from vrom.store.milvus.expressions import one_of
from vrom.store.milvus.schema import row_id, split_ids

Search = Callable[[str, Any, int, str], Scored]
"""Search a collection by a query, for so many rows that meet a condition."""
Together = Callable[[Sequence[Callable[[], Scored]]], list[Scored]]
"""Send several searches at the same time."""

FIRST = 2_048
"""Rows of the first search: all that match in one cartridge of 1,000 chunks, or the best of several."""
_WIDER = 4
"""Chunks whose scores by words are completed, as a multiple of `CANDIDATES`."""


class UnitScores:
    """Scores of a cartridge's chunks, and of its sections or documents: float32, NaN where unknown."""

    def __init__(self, chunks: int, wholes: int) -> None:
        self.chunks: Scores = np.full(chunks, np.nan, dtype=np.float32)
        self.wholes: Scores = np.full(wholes, np.nan, dtype=np.float32)

    def unknown(self, number: int, chunks: NDArray[Any], wholes: NDArray[Any]) -> list[int]:
        """Ids of the rows of these whose scores are unknown."""
        some, others = np.unique(chunks), np.unique(wholes)
        ids = [row_id(number, unit, is_whole=False) for unit in some[np.isnan(self.chunks[some])].tolist()]
        return ids + [row_id(number, unit, is_whole=True) for unit in others[np.isnan(self.wholes[others])].tolist()]

    @property
    def known(self) -> tuple[Scores, Scores]:
        """Scores of chunks and wholes, 0 where unknown."""
        return np.nan_to_num(self.chunks), np.nan_to_num(self.wholes)


@dataclass(eq=False)
class Way:
    """One query to one collection, and the scores by it of the cartridges that are asked."""

    collection: str
    query: Any
    """A sparse vector, or a dense one; None if nothing can match."""
    scores: Mapping[int, UnitScores]
    """By the number of the cartridge."""
    is_sparse: bool
    """True if rows that a search doesn't return have no score; of others any row has one."""
    is_cut: bool = field(default=False, init=False)
    """True if rows that match may be unknown."""

    @property
    def rows(self) -> int:
        """Rows that these cartridges have at most."""
        return sum(len(one.chunks) + len(one.wholes) for one in self.scores.values())

    def put(self, found: Scored) -> None:
        """Note what a search has found. Rows that aren't of these cartridges are ignored."""
        numbers, is_whole, units = split_ids(found.ids)
        for number, scores in self.scores.items():
            is_own = numbers == number
            for kind, values in ((False, scores.chunks), (True, scores.wholes)):
                those = is_own & (is_whole == kind) & (units < len(values))
                values[units[those]] = found.scores[those]

    def put_first(self, found: Scored) -> None:
        """Note what the first search has found: if all of it, what is unknown has no score."""
        self.put(found)
        self.is_cut = self.is_sparse and found.is_cut

    def put_asked(self, ids: Sequence[int], found: Scored) -> None:
        """Note what a search for these rows has found; of the others none has a score."""
        self.put(Scored(np.array(ids, dtype=np.int64), np.zeros(len(ids), dtype=np.float32), is_cut=False))
        self.put(found)


@dataclass(frozen=True)
class Asked:
    """One cartridge of a query: postings and similarities as far as they are known."""

    one: ShelfQuery
    number: int
    words: Way
    pairs: Way
    vectors: Way | None

    @property
    def outline(self) -> Outline:
        """Sections and documents of the chunks."""
        return self.one.cartridge.outline

    def word_scores(self, _: Any) -> tuple[Scores, Scores]:
        """BM25 score of every chunk and section."""
        return self.words.scores[self.number].known

    def pair_scores(self, _: Any) -> tuple[Scores, Scores]:
        """Summed weight of the query's pairs in every chunk and document."""
        return self.pairs.scores[self.number].known

    @property
    def similarity(self) -> "KnownSimilarity | None":
        """Similarities to the query."""
        return None if self.vectors is None else KnownSimilarity(self.vectors.scores[self.number])

    def likely(self) -> NDArray[np.int64]:
        """Chunks that may be candidates by words: more than will be."""
        chunks, sections = self.word_scores(None)
        scores = chunks + sections[self.outline.section_of]
        order = np.argsort(-scores, kind="stable")[: _WIDER * CANDIDATES]
        return order[scores[order] > 0]

    def unknown(self, way: Way, ids: NDArray[np.int64]) -> list[int]:
        """Rows whose scores by one way the features of these chunks need, and that aren't known."""
        if way.is_sparse and not way.is_cut:
            return []
        outline = self.outline
        wholes = outline.section_of[ids] if way is self.words else outline.document_of[ids]
        if way is self.vectors:
            ids = np.concatenate([ids, outline.members(np.unique(outline.section_of[ids]))[0]])
        return way.scores[self.number].unknown(self.number, ids, wholes)


@dataclass(frozen=True)
class KnownSimilarity:
    """`vrom.index.dense.similarity.QuerySimilarity` from similarities that may be unknown."""

    scores: UnitScores

    def nearest(self, count: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Ids of the `count` nearest of the known chunks, and their similarities."""
        order = np.argsort(-self.scores.chunks, kind="stable")[:count]  # NaN comes last
        best = order[~np.isnan(self.scores.chunks[order])]
        return best, self.scores.chunks[best]

    def of_chunks(self, ids: NDArray[np.int64]) -> NDArray[np.float32]:
        """Similarities of these chunks."""
        return np.asarray(np.nan_to_num(self.scores.chunks[ids]))

    def of_sections(self, outline: Outline, ids: NDArray[np.int64]) -> NDArray[np.float32]:
        """Similarity of the nearest chunk in the section of each of these chunks."""
        sections, where = np.unique(outline.section_of[ids], return_inverse=True)
        members, starts = outline.members(sections)
        best: NDArray[np.float32] = np.fmax.reduceat(self.scores.chunks[members], starts)
        return np.asarray(np.nan_to_num(best[where]))

    def of_documents(self, documents: NDArray[np.integer[Any]]) -> NDArray[np.float32]:
        """Similarities of the mean directions of these documents."""
        return np.asarray(np.nan_to_num(self.scores.wholes[documents]))


def gather(asked: Sequence[Asked], weights: TermWeights, search: Search, together: Together) -> list[Candidates]:
    """Candidates of every shelf with their features, in order."""
    _search_first(asked, search, together)
    likely = [one.likely() for one in asked]
    _complete(asked, likely, [one.words for one in asked], search, together)
    found = _candidates(asked, weights)
    for _ in range(2):  # what is completed may bring others in
        ways = [way for one in asked for way in (one.words, one.pairs, one.vectors) if way]
        if not _complete(asked, [one.chunk_ids for one in found], ways, search, together):
            break
        found = _candidates(asked, weights)
    return found


def _candidates(asked: Sequence[Asked], weights: TermWeights) -> list[Candidates]:
    matched = [WholeMatches(one, weights) for one in asked]
    return find_candidates([one.one for one in asked], matched, [one.similarity for one in asked])


def _search_first(asked: Sequence[Asked], search: Search, together: Together) -> None:
    ways = dict.fromkeys(way for one in asked for way in (one.words, one.pairs, one.vectors) if way)
    matching = [way for way in ways if way.query is not None]
    requests = [
        partial(search, way.collection, way.query, FIRST if way.is_sparse else min(FIRST, way.rows),
                one_of("cartridge", way.scores))
        for way in matching
    ]  # fmt: skip
    for way, found in zip(matching, together(requests), strict=True):
        way.put_first(found)


def _complete(
    asked: Sequence[Asked],
    chunks: Sequence[NDArray[np.int64]],
    ways: Sequence[Way],
    search: Search,
    together: Together,
) -> bool:
    """Get the scores that the features of these chunks need; return true if any was unknown."""
    wanted: dict[Way, list[int]] = {}
    for one, ids in zip(asked, chunks, strict=True):
        for way in {one.words, one.pairs, one.vectors} & set(ways):
            if way is not None and (unknown := one.unknown(way, ids)):
                wanted.setdefault(way, []).extend(unknown)
    rows = {way: ids[:MOST] for way, ids in wanted.items()}
    requests = [
        partial(search, way.collection, way.query, len(ids),
                f"{one_of('cartridge', way.scores)} and {one_of('id', ids)}")
        for way, ids in rows.items()
    ]  # fmt: skip
    for (way, asked_for), found in zip(rows.items(), together(requests), strict=True):
        way.put_asked(asked_for, found)
    return bool(rows)
