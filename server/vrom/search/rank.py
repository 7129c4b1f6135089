"""The way from a query to an ordered list of chunks."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from vrom.index.cartridge import Cartridge
from vrom.index.lexical.bm25 import Scores
from vrom.search.confidence import doubt
from vrom.search.features import Asked, Evidence, Meaning, gather, look_up, weigh
from vrom.search.lexical_candidates import Words
from vrom.search.name_boost import preference
from vrom.search.query import MAX_CHARACTERS, read_question
from vrom.search.query_embedding import embed_query
from vrom.search.weights import MIXTURE, Mixture

if TYPE_CHECKING:
    from vrom.embedding.loaded_models import Embedders

Mode = Literal["hybrid", "semantic", "lexical"]


class Hit(NamedTuple):
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
    words = look_up(cartridges, weights)
    asked: list[Asked] = []
    for cartridge, said in zip(cartridges, words, strict=True):
        vector = embed_query(cartridge, question.text, embedders, notes) if mode != "lexical" else None
        asked.append(Asked(cartridge, said, vector, by_words=mode != "semantic" or vector is None))
    found = gather(asked)
    scores = [judge(one, mode, mixture) + np.float32(preferred[one.cartridge.id]) for one in found]
    hits = spread_over_sections(found, scores, mixture.repeat, limit)
    doubts = doubt(found, hits, weights)
    return Ranking(hits, [*notes, *filter(None, [doubts])], bool(doubts))


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


def spread_over_sections(found: Sequence[Evidence], scores: Sequence[Scores], repeat: float, limit: int) -> list[Hit]:
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
