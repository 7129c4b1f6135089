"""The way from a query to an ordered list of chunks."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from vrom.search.cartridge import Cartridge
from vrom.search.confidence import doubt
from vrom.search.evidence import Evidence, Meaning, Words, gather, weigh
from vrom.search.lexical import Scores
from vrom.search.meaning import embed_query
from vrom.search.names import preference
from vrom.search.question import MAX_CHARACTERS, read_question

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


def rank(cartridges: Sequence[Cartridge], query: str, *, mode: Mode, embedders: "Embedders", limit: int) -> Ranking:
    """The `limit` best chunks of all `cartridges` for `query`.

    Words and meaning both propose candidates; each is judged by itself, its section and its page. A cartridge whose
    model can't be used is searched by words alone, and a note says so and how to mend it.
    """
    question = read_question(query)
    notes = [f"Only the first {MAX_CHARACTERS:,} characters of the query were read."] if question.was_cut else []
    weights = weigh(cartridges, question)
    preferred = preference(cartridges, question)
    found: list[Evidence] = []
    scores: list[Scores] = []
    for cartridge in cartridges:
        vector = embed_query(cartridge, question.text, embedders, notes) if mode != "lexical" else None
        found.append(gather(cartridge, weights, vector, by_words=mode != "semantic" or vector is None))
        scores.append(judge(found[-1], mode) + np.float32(preferred[cartridge.id]))
    doubts = doubt(found, scores, weights)
    hits = [hit for one, of in zip(found, scores, strict=True) for hit in spread_over_sections(one, of)]
    return Ranking(without_repeats(best_first(hits), limit), [*notes, *filter(None, [doubts])], bool(doubts))


def judge(found: Evidence, mode: Mode) -> Scores:
    """One score a candidate, from 0 to about 1."""
    if found.meaning is None:
        return by_words(found.words) / WORDS_SHARE
    if mode == "semantic":
        return by_meaning(found.meaning) / (1 - WORDS_SHARE)
    return by_words(found.words) + by_meaning(found.meaning)


# Fitted to rank the answering section first (listwise softmax with a strong prior for equal weights) on questions about
# five libraries, each library judged by the weights learned from the other four; see benchmarks/.
WORDS_SHARE = 0.66


def by_words(words: Words) -> Scores:
    """Words in the chunk and in its section; pairs of neighbouring words in the chunk and on its page."""
    score: Scores = 0.28 * words.chunk + 0.32 * words.section + 0.11 * words.pairs + 0.06 * words.page_pairs
    return score


def by_meaning(meaning: Meaning) -> Scores:
    """Nearness of the chunk, of the best chunk of its section, and of its page as a whole."""
    score: Scores = 0.12 * meaning.chunk + 0.12 * meaning.section + 0.10 * meaning.page
    return score


REPEAT = 0.06
"""What a chunk loses for every better one of its own section: other sections may answer too."""


def spread_over_sections(found: Evidence, scores: Scores) -> list[Hit]:
    """Hits in which the second chunk of a section ranks lower than it would alone, the third lower still."""
    order = np.argsort(-scores, kind="stable")
    ids = found.chunk_ids[order]
    lowered = scores[order] - REPEAT * _repeats(found.cartridge.outline.section_of[ids])
    return [Hit(found.cartridge, int(i), float(s)) for i, s in zip(ids, lowered, strict=True) if s > 0]


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


def without_repeats(hits: Sequence[Hit], limit: int) -> list[Hit]:
    """The first `limit` hits, each text once: mounted versions of a library share most of their pages."""
    kept: list[Hit] = []
    seen: set[str] = set()
    for hit in hits:
        text = hit.cartridge.chunks[hit.chunk_id].text
        if text not in seen:
            seen.add(text)
            kept.append(hit)
        if len(kept) == limit:
            break
    return kept
