"""Confidence that a candidate answers the query, and the note if none does.

The measure is the best similarity above chance plus the best share of the query's term weight in one section. It was
calibrated on 252 questions about the content of six documentation sets, and 110 about everyday life and other software.
1 in 100 of the former are below `DOUBTFUL`; of the latter 9 in 10 with one or three mounted cartridges, 8 in 10 with
five.
"""

from collections.abc import Sequence

from vrom.search.features import Candidates
from vrom.search.hits import Hit
from vrom.search.query import TermWeights

DOUBTFUL = 0.50
DOUBTFUL_WORDS = 0.20
"""Threshold without semantic features, which separates less sharply: 2 in 100 and 8 in 10."""
HEADINGS = 3


def confidence(found: Candidates, weights: TermWeights) -> float:
    """Confidence in a cartridge's candidates, as a multiple of the threshold: 1 or more is confident."""
    if len(found.chunk_ids) == 0:
        return 0.0
    words = float(found.words.section.max()) * weights.known
    if found.meaning is None:
        return words / DOUBTFUL_WORDS
    return (float(found.meaning.chunk.max()) + words) / DOUBTFUL


def no_match_note(found: Sequence[Candidates], hits: Sequence[Hit], weights: TermWeights) -> str:
    """Note with the headings of the best `hits` if no cartridge is confident of its candidates; otherwise empty."""
    if not any(len(one.chunk_ids) for one in found) or any(confidence(one, weights) >= 1 for one in found):
        return ""
    headings = list(dict.fromkeys(_heading(hit) for hit in hits[: 4 * HEADINGS]))[:HEADINGS]
    return f"Nothing here matches well. Closest headings: {'; '.join(headings)}. Other words may find more."


def _heading(hit: Hit) -> str:
    path = hit.cartridge.title_path(hit.chunk_id)
    return f"{' > '.join(path[-2:]) or hit.cartridge.chunk(hit.chunk_id).source_file} ({hit.cartridge.id})"
