"""Confidence that a candidate answers the query, and the note for when none does.

The measure is the best similarity above chance plus the best share of the question's words in one section. Calibrated
on 252 questions about six pieces of documentation, each asked of what it is about, and 110 questions about everyday
life and other software: below `DOUBTFUL` lie 1 in 100 of the former, and of the latter 9 in 10 where one or three
libraries are mounted, 8 in 10 where five are.
"""

from collections.abc import Sequence

from vrom.search.features import Candidates
from vrom.search.hits import Hit
from vrom.search.query import TermWeights

DOUBTFUL = 0.50
DOUBTFUL_WORDS = 0.20
"""The same by words alone, which separate less sharply: 2 in 100 and 8 in 10."""
HEADINGS = 3


def confidence(found: Candidates, weights: TermWeights) -> float:
    """How sure a cartridge's candidates are, as a multiple of what it takes: 1 or more is sure."""
    if len(found.chunk_ids) == 0:
        return 0.0
    words = float(found.words.section.max()) * weights.known
    if found.meaning is None:
        return words / DOUBTFUL_WORDS
    return (float(found.meaning.chunk.max()) + words) / DOUBTFUL


def no_match_note(found: Sequence[Candidates], hits: Sequence[Hit], weights: TermWeights) -> str:
    """A note where no cartridge is sure of what it found, with the headings of the best `hits`; otherwise empty."""
    if not any(len(one.chunk_ids) for one in found) or any(confidence(one, weights) >= 1 for one in found):
        return ""
    headings = list(dict.fromkeys(_heading(hit) for hit in hits[: 4 * HEADINGS]))[:HEADINGS]
    return f"Nothing here matches well. Closest headings: {'; '.join(headings)}. Other words may find more."


def _heading(hit: Hit) -> str:
    path = hit.cartridge.outline.paths[hit.chunk_id]
    return f"{' > '.join(path[-2:]) or hit.cartridge.chunks[hit.chunk_id].source_file} ({hit.cartridge.id})"
