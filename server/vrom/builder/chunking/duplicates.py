"""Mark near-duplicate chunks: boilerplate, sections copied between documents."""

import re
import zlib
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from vrom.format.models import Chunk

SAME = 0.97
"""Minimum Jaccard similarity of two texts' three-word runs for the texts to be near-duplicates."""

_WORD = re.compile(r"\w+")
_SKETCH = 8
"""Number of lowest-hash word runs by which candidates are found (bottom-k sketch, Cohen & Kaplan 2007)."""
_MOST_CANDIDATES = 50


def mark_duplicates(chunks: Sequence[Chunk]) -> list[Chunk]:
    """The chunks, numbered from 0, with extra keys on near-duplicates.

    `also_in` of the first lists the other documents, and `repeats` of each other one is the first one's chunk id.
    Repeats are kept so that their documents can be read in full.
    """
    extra: dict[int, dict[str, Any]] = defaultdict(dict)
    for number, first in enumerate(find_first_copies([chunk.text for chunk in chunks])):
        if first != number:
            extra[number]["repeats"] = first
            source_file = chunks[number].source_file
            if source_file != chunks[first].source_file:
                others = extra[first].setdefault("also_in", [])
                others += [source_file] if source_file not in others else []
    return [chunk.model_copy(update=extra[number]) if number in extra else chunk for number, chunk in enumerate(chunks)]


def find_first_copies(texts: Sequence[str]) -> list[int]:
    """For each text, the index of its first near-duplicate; its own index if no earlier text matches.

    Letter case, punctuation and whitespace are ignored. The text at the returned index always maps to itself.
    """
    places: list[int] = []
    exact: dict[tuple[str, ...], int] = {}
    by_run: dict[int, list[int]] = defaultdict(list)
    runs_of: dict[int, frozenset[int]] = {}
    for number, text in enumerate(texts):
        words = tuple(_WORD.findall(text.casefold()))
        place = exact.setdefault(words, number) if words else number
        if place == number:
            runs = _hash_runs(words)
            sketch = sorted(runs)[:_SKETCH]
            candidates = dict.fromkeys(other for run in sketch for other in by_run[run][:_MOST_CANDIDATES])
            place = next((other for other in candidates if _are_alike(runs, runs_of[other])), number)
            if place == number:
                runs_of[number] = runs
                for run in sketch:
                    by_run[run].append(number)
            else:
                exact[words] = place
        places.append(place)
    return places


def _hash_runs(words: Sequence[str]) -> frozenset[int]:
    """Hashes of all runs of three words. CRC-32: the same on every machine, unlike Python's own."""
    triples = zip(words, words[1:], words[2:], strict=False)
    return frozenset(zlib.crc32(" ".join(triple).encode()) for triple in triples)


def _are_alike(runs: frozenset[int], others: frozenset[int]) -> bool:
    if not runs or not SAME <= len(runs) / max(len(others), 1) <= 1 / SAME:
        return False
    shared = len(runs & others)
    return shared >= SAME * (len(runs) + len(others) - shared)
