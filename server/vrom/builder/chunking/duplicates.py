"""Near-duplicate texts: boilerplate, sections copied between documents."""

import re
import zlib
from collections import defaultdict
from collections.abc import Sequence

SAME = 0.97
"""Minimum Jaccard similarity of two texts' three-word runs for the texts to be near-duplicates."""

_WORD = re.compile(r"\w+")
_SKETCH = 8
"""Number of lowest-hash word runs by which candidates are found (bottom-k sketch, Cohen & Kaplan 2007)."""
_MOST_CANDIDATES = 50


def first_places(texts: Sequence[str]) -> list[int]:
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
            runs = _runs(words)
            sketch = sorted(runs)[:_SKETCH]
            candidates = dict.fromkeys(other for run in sketch for other in by_run[run][:_MOST_CANDIDATES])
            place = next((other for other in candidates if _say_the_same(runs, runs_of[other])), number)
            if place == number:
                runs_of[number] = runs
                for run in sketch:
                    by_run[run].append(number)
            else:
                exact[words] = place
        places.append(place)
    return places


def _runs(words: Sequence[str]) -> frozenset[int]:
    """Hashes of all runs of three words. CRC-32: the same on every machine, unlike Python's own."""
    triples = zip(words, words[1:], words[2:], strict=False)
    return frozenset(zlib.crc32(" ".join(triple).encode()) for triple in triples)


def _say_the_same(runs: frozenset[int], others: frozenset[int]) -> bool:
    if not runs or not SAME <= len(runs) / max(len(others), 1) <= 1 / SAME:
        return False
    shared = len(runs & others)
    return shared >= SAME * (len(runs) + len(others) - shared)
