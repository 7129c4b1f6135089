"""Ranking: from a query to an ordered list of hits."""

import contextlib
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from vrom.errors import ModelUnknownError
from vrom.search.absence import CountPieces, find_absent, read_as_note
from vrom.search.confidence import no_match_note
from vrom.search.features import LOCAL, ShelfQuery, Store, weigh_terms
from vrom.search.hits import Hit
from vrom.search.query import MAX_CHARACTERS, Query, TermWeights, read_query
from vrom.search.query_embedding import embed_query
from vrom.search.score.candidates import Mode, ScoredCandidates, score_candidates
from vrom.search.score.definitions import put_definitions_first
from vrom.search.score.history import asks_for_history
from vrom.search.shelf import Shelf
from vrom.search.weights import DEFAULT_WEIGHTS, FeatureWeights

if TYPE_CHECKING:
    from vrom.embedding.loaded_models import Embedders

READ_AHEAD = 12
"""Hits whose documents are read together: the first answer and its notes need no others."""

_CUT = f"The query was cut to {MAX_CHARACTERS:,} characters: its begin, its end and the errors in it."


@dataclass(frozen=True)
class Ranking:
    """Hits, best first, and what they were found by."""

    hits: list[Hit]
    notes: list[str]
    """Notes for the reader about the search."""
    terms: TermWeights
    scored: ScoredCandidates
    stages: Mapping[str, float]
    """Milliseconds of each stage."""
    doubtful: bool = False
    """True if nothing matches well; a note then says so."""
    absent: Sequence[str] = ()
    """Words that decide the query and occur nowhere in what was searched."""


@dataclass
class _Stages:
    """Milliseconds of the stages that have ended."""

    milliseconds: dict[str, float] = field(default_factory=dict)
    _begun: float = field(default_factory=time.perf_counter)

    def end(self, name: str) -> None:
        now = time.perf_counter()
        self.milliseconds[name] = 1000 * (now - self._begun)
        self._begun = now


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

    The stages are terms and vector of the query, candidates, scores, order, and doubt whether these pages answer it.
    Candidates come from the `store` that has the cartridges' rows, with their features; what follows depends on the
    features only.

    Lexical and vector search both generate candidates; each is scored by itself, its section and its document. A
    cartridge whose model can't be used is searched by words alone, and a note gives the reason and the remedy.
    """
    stages = _Stages()
    parsed = read_query(query)
    notes = [_CUT] if parsed.was_cut else []
    terms = weigh_terms(cartridges, parsed, weights.slips)
    stages.end("terms")
    asked = _embed_for_each(cartridges, parsed, mode, embedders, notes)
    stages.end("vector")
    candidates = store.gather(asked, terms)
    stages.end("candidates")
    scored = score_candidates(
        candidates,
        parsed,
        mode,
        weights,
        about_past=asks_for_history(query),
        compare_pieces=store.compare_pieces,
    )
    stages.end("scores")
    hits = _spread_over_sections(scored, limit)
    store.read_ahead(hits[:READ_AHEAD])
    if mode != "semantic":
        hits = put_definitions_first(cartridges, query, hits, limit)
    stages.end("order")
    if hits and hits[0].line is not None:
        return Ranking(hits, notes, terms, scored, stages.milliseconds)
    absent = find_absent(cartridges, parsed, terms, _count_pieces(cartridges, embedders))
    no_match = no_match_note(candidates, hits, terms)
    notes += filter(None, [read_as_note(parsed, terms, hits), "" if absent else no_match])
    stages.end("doubt")
    return Ranking(hits, notes, terms, scored, stages.milliseconds, bool(no_match), absent)


def _count_pieces(cartridges: Sequence[Shelf], embedders: "Embedders") -> "CountPieces | None":
    """The tokenizer of a model that is loaded already; None without one."""
    for cartridge in cartridges:
        with contextlib.suppress(ModelUnknownError):
            if embedders.has(cartridge.manifest.embedding_spec):
                count_tokens = embedders.get(cartridge.manifest.embedding_spec).count_tokens
                return lambda word: count_tokens(word) - count_tokens("")
    return None


def _embed_for_each(
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


def _spread_over_sections(scored: ScoredCandidates, limit: int) -> list[Hit]:
    """Best `limit` hits; each further chunk of a section is ranked lower than by its score alone.

    Ties keep the order of the cartridges and of the text.
    """
    found, scores = scored.candidates, scored.scores
    if not found:
        return []
    ends = [int(one.sections.max(initial=-1)) + 1 for one in found]
    every = np.concatenate(scores)
    order = np.argsort(-every, kind="stable")
    sections = [one.sections + sum(ends[:i]) for i, one in enumerate(found)]
    lowered = every[order] - np.float32(scored.weights.repeat) * _repeats(np.concatenate(sections)[order])
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
