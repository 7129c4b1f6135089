"""Terms of a cartridge, looked up by hash in mapped arrays: opening reads nothing, however many terms there are.

Terms are sorted by their CRC-32. A term is found by bisection of the hashes, and its number is its position.
"""

import zlib
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vrom.index.lexical.folding import FOLDED
from vrom.storage.array_file import Arrays

_SAME_HASH = 16
"""Largest number of terms compared for one hash. Among 10 million terms, more than two are rare."""
_REMEMBERED = 4096
_FOLDED = FOLDED.encode()
_LOOKED_AT = 500
"""Places looked at for a part of a term."""


class Vocabulary:
    """Mapping between terms and their numbers, counted from 0."""

    def __init__(self, arrays: Arrays) -> None:
        # plain integers: one lookup takes a third of the time that numpy needs
        self.hashes = arrays["term_hashes"]
        """CRC-32 of each term, ascending: uint32, (terms,)."""
        self._hashes = arrays["term_hashes"].data
        self._starts = arrays["term_starts"].data
        self._bytes = arrays["term_bytes"].data
        self._found: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._hashes)

    def __iter__(self) -> Iterator[str]:
        return (self._term(i).decode("utf-8", "surrogatepass") for i in range(len(self)))

    def find(self, term: str) -> int:
        """Number of a term, -1 if unknown."""
        found = self._found.get(term)
        if found is None:
            if len(self._found) >= _REMEMBERED:
                self._found.clear()
            found = self._found[term] = self._look_up(term)
        return found

    def word(self, number: int) -> str:
        """Term with this number; empty if out of range."""
        return self._term(number).decode("utf-8", "replace") if 0 <= number < len(self) else ""

    def beginning_or_ending(self, part: str, count: int) -> list[str]:
        """Terms that begin or end with `part`, and are longer: at most `count`, the shortest first.

        All terms are read: some milliseconds for the vocabulary of a million chunks.
        """
        wanted, joined, starts = part.encode("utf-8", "surrogatepass"), self._bytes.tobytes(), self._starts
        numbers: set[int] = set()
        at = joined.find(wanted)
        for _ in range(_LOOKED_AT):
            if at < 0:
                break
            number = bisect_right(starts, at) - 1
            if 0 <= number < len(self):
                first, end = starts[number], starts[number + 1]
                if at <= first + joined.startswith(_FOLDED, first) or end == at + len(wanted):
                    numbers.add(number)
            at = joined.find(wanted, at + 1)
        terms = (self.word(number) for number in numbers)
        return sorted((term for term in terms if term != part), key=lambda term: (len(term), term))[:count]

    def _look_up(self, term: str) -> int:
        wanted = term.encode("utf-8", "surrogatepass")
        hashed = zlib.crc32(wanted)
        first = bisect_left(self._hashes, hashed)
        for number in range(first, min(first + _SAME_HASH, len(self))):
            if self._hashes[number] != hashed:
                break
            if self._term(number) == wanted:
                return number
        return -1

    def _term(self, number: int) -> bytes:
        start, end = self._starts[number], self._starts[number + 1]
        return self._bytes[start:end].tobytes() if 0 <= start <= end else b""


def vocabulary_arrays(terms: Sequence[str]) -> tuple[dict[str, NDArray[Any]], NDArray[np.int32]]:
    """Arrays of a `Vocabulary`, and the number of each of `terms`, int32, (n,)."""
    encoded = [term.encode("utf-8", "surrogatepass") for term in terms]
    hashes = np.array([zlib.crc32(term) for term in encoded], dtype=np.uint32)
    order = np.argsort(hashes, kind="stable")
    numbers = np.empty(len(terms), dtype=np.int32)
    numbers[order] = np.arange(len(terms), dtype=np.int32)
    ordered = [encoded[i] for i in order.tolist()]
    starts = np.zeros(len(terms) + 1, dtype=np.int64)
    np.cumsum([len(term) for term in ordered], out=starts[1:])
    arrays: dict[str, NDArray[Any]] = {
        "term_hashes": hashes[order],
        "term_starts": starts,
        "term_bytes": np.frombuffer(b"".join(ordered), dtype=np.uint8),
    }
    return arrays, numbers


def vocabulary_fits(arrays: Arrays) -> bool:
    """Return true if these arrays have the types and lengths of a vocabulary."""
    kinds = {"term_hashes": "<u4", "term_starts": "<i8", "term_bytes": "|u1"}
    if any(arrays[name].dtype.str != kind or arrays[name].ndim != 1 for name, kind in kinds.items()):
        return False
    return len(arrays["term_starts"]) == len(arrays["term_hashes"]) + 1
