"""Ranking: from a query to an ordered list of hits."""

import contextlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from vrom.errors import ModelUnknownError
from vrom.index.lexical.bm25 import Scores
from vrom.search.absence import CountPieces, find_absent, read_as_note
from vrom.search.adjust.definitions import put_definitions_first
from vrom.search.adjust.history import asks_for_history
from vrom.search.adjust.late_interaction import add_late_interaction
from vrom.search.adjust.name_boost import name_boost
from vrom.search.confidence import no_match_note
from vrom.search.features import (
    LOCAL,
    Candidates,
    SemanticFeatures,
    ShelfQuery,
    Store,
    weigh_terms,
)
from vrom.search.hits import Hit, Ranking
from vrom.search.lexical_candidates import LexicalFeatures
from vrom.search.query import MAX_CHARACTERS, Query, read_query
from vrom.search.query_embedding import embed_query
from vrom.search.shelf import Shelf
from vrom.search.weights import DEFAULT_WEIGHTS, FeatureWeights

if TYPE_CHECKING:
    from vrom.embedding.loaded_models import Embedders

Mode = Literal["hybrid", "semantic", "lexical"]

READ_AHEAD = 12
"""Hits whose documents are read together: the first answer and its notes need no others."""

_CUT = f"The query was cut to {MAX_CHARACTERS:,} characters: its begin, its end and the errors in it."


def rank(
    cartridges: Sequence[Shelf],
    query: str,
    *,
    mode: Mode,
    embedders: "Embedders",
    limit: int,
    weights: FeatureWeights = DEFAULT_WEIGHTS,
    store: Store = LOCAL,
) -> Ranking:
    """Rank the chunks of all `cartridges` for `query`; return the `limit` best.

    The stages are candidates, scores and order. Candidates come from the `store` that has the cartridges' rows, with
    their features; what follows depends on the features only.

    Lexical and vector search both generate candidates; each is scored by itself, its section and its document. A
    cartridge whose model can't be used is searched by words alone, and a note gives the reason and the remedy.
    """
    parsed = read_query(query)
    notes = [_CUT] if parsed.was_cut else []
    terms = weigh_terms(cartridges, parsed, weights.slips)
    asked = embed_for_each(cartridges, parsed, mode, embedders, notes)
    candidates = store.gather(asked, terms)
    boost = name_boost(cartridges, parsed, weights.preference)
    past = np.float32(0 if asks_for_history(query) else weights.history)
    scores = [
        score_candidates(one, mode, weights) + np.float32(boost[one.cartridge.id]) - past * one.past.astype(np.float32)
        for one in candidates
    ]
    if not parsed.is_lookup:
        scale = weights.semantic if mode == "semantic" else 1.0
        scores = add_late_interaction(candidates, scores, weights.tokens / scale, store.compare_pieces)
    hits = spread_over_sections(candidates, scores, weights.repeat, limit)
    store.read_ahead(hits[:READ_AHEAD])
    if mode != "semantic":
        hits = put_definitions_first(cartridges, query, hits, limit)
    if hits and hits[0].line is not None:
        return Ranking(hits, notes)
    absent = find_absent(cartridges, parsed, terms, _count_pieces(cartridges, embedders))
    no_match = no_match_note(candidates, hits, terms)
    notes += filter(None, [read_as_note(parsed, terms, hits), "" if absent else no_match])
    return Ranking(hits, notes, bool(no_match), absent)


def _count_pieces(cartridges: Sequence[Shelf], embedders: "Embedders") -> "CountPieces | None":
    """The tokenizer of a model that is loaded already; None without one."""
    for cartridge in cartridges:
        with contextlib.suppress(ModelUnknownError):
            if embedders.has(cartridge.manifest.embedding_spec):
                count_tokens = embedders.get(cartridge.manifest.embedding_spec).count_tokens
                return lambda word: count_tokens(word) - count_tokens("")
    return None


def embed_for_each(
    cartridges: Sequence[Shelf], query: Query, mode: Mode, embedders: "Embedders", notes: list[str]
) -> list[ShelfQuery]:
    """The query as each cartridge is asked.

    Appends to `notes` why a cartridge is searched by words alone, if it is.
    """
    asked: list[ShelfQuery] = []
    for cartridge in cartridges:
        embedded = embed_query(cartridge, query.text, embedders, notes) if mode != "lexical" else None
        vector, tokens = (embedded.vector, embedded.tokens) if embedded else (None, None)
        asked.append(ShelfQuery(cartridge, vector, mode != "semantic" or vector is None, tokens))
    return asked


def score_candidates(found: Candidates, mode: Mode, weights: FeatureWeights = DEFAULT_WEIGHTS) -> Scores:
    """Score each candidate, from 0 to about 1, by lexical features, semantic ones or both: float32, (c,)."""
    if found.meaning is None:
        return lexical_score(found.words, weights) / np.float32(weights.lexical)
    if mode == "semantic":
        return semantic_score(found.meaning, weights) / np.float32(weights.semantic)
    return lexical_score(found.words, weights) + semantic_score(found.meaning, weights)


def lexical_score(words: LexicalFeatures, weights: FeatureWeights) -> Scores:
    """Weighted sum of lexical features: terms in chunk and section, pairs of words in chunk and document."""
    score: Scores = weights.words * words.chunk + weights.section_words * words.section
    score += weights.pairs * words.pairs + weights.document_pairs * words.document_pairs
    return score


def semantic_score(meaning: SemanticFeatures, weights: FeatureWeights) -> Scores:
    """Weighted sum of semantic features: similarity of the chunk, its section's best chunk, and its document."""
    score: Scores = weights.meaning * meaning.chunk + weights.section_meaning * meaning.section
    score += weights.document_meaning * meaning.document
    return score


def spread_over_sections(found: Sequence[Candidates], scores: Sequence[Scores], repeat: float, limit: int) -> list[Hit]:
    """Best `limit` hits; each further chunk of a section is ranked lower than by its score alone.

    Ties keep the order of the cartridges and of the text.
    """
    if not found:
        return []
    ends = [int(one.sections.max(initial=-1)) + 1 for one in found]
    every = np.concatenate(scores)
    order = np.argsort(-every, kind="stable")
    sections = [one.sections + sum(ends[:i]) for i, one in enumerate(found)]
    lowered = every[order] - np.float32(repeat) * _repeats(np.concatenate(sections)[order])
    best = np.argsort(-lowered, kind="stable")[:limit]
    best = best[lowered[best] > 0]
    where = order[best]
    ids = np.concatenate([one.chunk_ids for one in found])[where].tolist()
    owners = np.repeat(np.arange(len(found)), [len(one.chunk_ids) for one in found])[where].tolist()
    return list(map(Hit, [found[i].cartridge for i in owners], ids, lowered[best].tolist()))


def _repeats(groups: NDArray[np.integer[Any]]) -> NDArray[np.float32]:
    """Number of earlier items of the same group, for each item: float32, (n,)."""
    before: dict[int, int] = {}
    counts = []
    for group in groups.tolist():  # for a few hundred items, faster than numpy's eight steps
        counts.append(count := before.get(group, 0))
        before[group] = count + 1
    return np.array(counts, dtype=np.float32)
