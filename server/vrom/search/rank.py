"""The way from a query to an ordered list of chunks."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from vrom.errors import ModelError
from vrom.search.cartridge import Cartridge
from vrom.search.tokens import tokenize

if TYPE_CHECKING:
    from vrom.embedding.pool import Embedders

Mode = Literal["hybrid", "semantic", "lexical"]
Scores = NDArray[np.float32]

MAX_QUERY = 4_000
"""Characters of a query that are read: more than any model takes, and enough for a traceback."""


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


def rank(cartridges: Sequence[Cartridge], query: str, *, mode: Mode, embedders: "Embedders", limit: int) -> Ranking:
    """The `limit` best chunks of all `cartridges` for `query`."""
    notes: list[str] = []
    if len(query) > MAX_QUERY:
        notes.append(f"The query was cut to its first {MAX_QUERY:,} characters.")
        query = query[:MAX_QUERY]
    lexical = lexical_scores(cartridges, query)
    hits: list[Hit] = []
    for cartridge, scores in zip(cartridges, lexical, strict=True):
        if mode != "lexical":
            similarity = semantic_scores(cartridge, query, embedders, notes)
            if similarity is not None:
                scores = similarity if mode == "semantic" else 0.5 * scores + 0.5 * similarity
        best = np.argsort(-scores, kind="stable")[:limit]
        hits.extend(Hit(cartridge, int(i), float(scores[i])) for i in best if scores[i] > 0)
    hits.sort(key=lambda hit: -hit.score)
    return Ranking(hits[:limit], notes)


def lexical_scores(cartridges: Sequence[Cartridge], query: str) -> list[Scores]:
    """BM25 of every chunk, with document frequencies over all cartridges together, as a share of the best score."""
    size = sum(len(cartridge.chunks) for cartridge in cartridges)
    weights: dict[str, float] = {}
    for term in tokenize(query):
        frequency = sum(cartridge.lexical.document_frequency(term) for cartridge in cartridges)
        if frequency:
            weights[term] = math.log(1 + (size - frequency + 0.5) / (frequency + 0.5))
    scores = [cartridge.lexical.scores(weights) for cartridge in cartridges]
    best = max((float(part.max(initial=0)) for part in scores), default=0)
    return [part / best if best else part for part in scores]


def semantic_scores(cartridge: Cartridge, query: str, embedders: "Embedders", notes: list[str]) -> Scores | None:
    """Similarity of every chunk, or None (and a note) where the cartridge's model can't be used."""
    try:
        embedder = embedders.get(cartridge.manifest.embedding_spec)
    except ModelError as error:
        note = f"Searched by words only: {error} `vrom model pull` fetches the model."
        if note not in notes:
            notes.append(note)
        return None
    return cartridge.dense.similarity(embedder.embed([query])[0], None)
