"""The way from a query to an ordered list of chunks."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from vrom.search.cartridge import Cartridge
from vrom.search.confidence import doubt
from vrom.search.evidence import Asked, Evidence, Meaning, gather, weigh
from vrom.search.lexical import Scores
from vrom.search.meaning import embed_query
from vrom.search.mixture import MIXTURE, Mixture
from vrom.search.names import preference
from vrom.search.question import MAX_CHARACTERS, read_question
from vrom.search.survey import Words

if TYPE_CHECKING:
    from vrom.embedding.pool import Embedders

Mode = Literal["hybrid", "semantic", "lexical"]


@dataclass(frozen=True)
class Hit:
    """One chunk found. Scores are comparable across cartridges; higher is better."""

    cartridge: Cartridge
    chunk_id: int
    score: float


@dataclass(frozen=True)
class Ranking:
    """Hits, best first, and what the reader should know about how they were found."""

    hits: list[Hit]
    notes: list[str]
    doubtful: bool = False
    """Whether nothing matches well; a note then says so."""


def rank(
    cartridges: Sequence[Cartridge],
    query: str,
    *,
    mode: Mode,
    embedders: "Embedders",
    limit: int,
    mixture: Mixture = MIXTURE,
) -> Ranking:
    """The `limit` best chunks of all `cartridges` for `query`.

    Words and meaning both propose candidates; each is judged by itself, its section and its page. A cartridge whose
    model can't be used is searched by words alone, and a note says so and how to mend it.
    """
    question = read_question(query)
    notes = [f"Only the first {MAX_CHARACTERS:,} characters of the query were read."] if question.was_cut else []
    weights = weigh(cartridges, question, mixture.slips)
    preferred = preference(cartridges, question, mixture.preference)
    asked: list[Asked] = []
    for cartridge in cartridges:
        vector = embed_query(cartridge, question.text, embedders, notes) if mode != "lexical" else None
        asked.append(Asked(cartridge, vector, by_words=mode != "semantic" or vector is None))
    found = gather(asked, weights)
    scores = [judge(one, mode, mixture) + np.float32(preferred[one.cartridge.id]) for one in found]
    doubts = doubt(found, scores, weights)
    hits = [
        hit
        for one, of in zip(found, scores, strict=True)
        for hit in spread_over_sections(one, of, mixture.repeat, limit)
    ]
    return Ranking(best_first(hits)[:limit], [*notes, *filter(None, [doubts])], bool(doubts))


def judge(found: Evidence, mode: Mode, mixture: Mixture = MIXTURE) -> Scores:
    """One score a candidate, from 0 to about 1, by words, by meaning or by both."""
    if found.meaning is None:
        return by_words(found.words, mixture) / np.float32(mixture.lexical)
    if mode == "semantic":
        return by_meaning(found.meaning, mixture) / np.float32(mixture.semantic)
    return by_words(found.words, mixture) + by_meaning(found.meaning, mixture)


def by_words(words: Words, mixture: Mixture) -> Scores:
    """Words in the chunk and in its section; pairs of neighbouring words in the chunk and on its page."""
    score: Scores = mixture.words * words.chunk + mixture.section_words * words.section
    score += mixture.pairs * words.pairs + mixture.page_pairs * words.page_pairs
    return score


def by_meaning(meaning: Meaning, mixture: Mixture) -> Scores:
    """Nearness of the chunk, of the best chunk of its section, and of its page as a whole."""
    score: Scores = mixture.meaning * meaning.chunk + mixture.section_meaning * meaning.section
    score += mixture.page_meaning * meaning.page
    return score


def spread_over_sections(found: Evidence, scores: Scores, repeat: float, limit: int) -> list[Hit]:
    """The best `limit` hits, in which the second chunk of a section ranks lower than alone, the third lower still."""
    order = np.argsort(-scores, kind="stable")
    ids = found.chunk_ids[order]
    lowered = scores[order] - repeat * _repeats(found.cartridge.outline.section_of[ids])
    best = np.argsort(-lowered, kind="stable")[:limit]
    best = best[lowered[best] > 0]
    return [Hit(found.cartridge, i, s) for i, s in zip(ids[best].tolist(), lowered[best].tolist(), strict=True)]


def _repeats(groups: NDArray[np.int32]) -> NDArray[np.int64]:
    """For each item, how many items before it belong to the same group."""
    order = np.argsort(groups, kind="stable")
    starts = np.flatnonzero(np.diff(groups[order], prepend=-1))
    position = np.arange(len(groups))
    counts = np.empty(len(groups), dtype=np.int64)
    counts[order] = position - np.repeat(starts, np.diff(np.append(starts, len(groups))))
    return counts


def best_first(hits: Iterable[Hit]) -> list[Hit]:
    """Hits by falling score; equals keep the order of the cartridges and of the text."""
    return sorted(hits, key=lambda hit: -hit.score)
