"""Cartridges that have a term, and how often: numpy arrays, found by the hash of the term."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vrom.library.choice.profile import Hashes
from vrom.storage.array_file import Arrays

_PARTS = ("hashes", "starts", "rows", "levels")
_STEPS = 16
"""Levels from one power of two to the next: a frequency is known to 2 %."""
FREQUENCIES = np.exp2(np.arange(256) / _STEPS).astype(np.float32)
"""The frequency that each level stands for: 1 to 63,000."""


@dataclass(frozen=True)
class Postings:
    """Rows of cartridges by term. Those of `hashes[i]` are `rows[starts[i]:starts[i + 1]]`, ascending."""

    hashes: Hashes
    starts: NDArray[np.int64]
    rows: NDArray[np.uint32]
    levels: NDArray[np.uint8]
    """Frequency of the term in each row, as the nearest of `FREQUENCIES`."""

    @classmethod
    def of(cls, terms: Sequence[Hashes], frequencies: Sequence[NDArray[np.integer[Any]]] | None = None) -> "Postings":
        """Postings of cartridges with these terms; each once unless `frequencies` says how often."""
        rows = np.repeat(np.arange(len(terms), dtype=np.uint32), [len(some) for some in terms])
        hashes = np.concatenate(terms) if terms else np.zeros(0, dtype=np.uint32)
        levels = level_of(np.concatenate(frequencies)) if frequencies else np.zeros(len(rows), dtype=np.uint8)
        return cls._ordered(hashes, rows, levels)

    @classmethod
    def joined(cls, parts: "Sequence[Postings]", kept: Sequence[NDArray[np.int64]]) -> "Postings":
        """Postings of the `kept` rows of each part, numbered one after another: int64, (rows,), -1 if not kept."""
        hashes, rows, levels = [], [], []
        for part, numbers in zip(parts, kept, strict=True):
            renamed = numbers[part.rows]
            is_kept = renamed >= 0
            hashes.append(np.repeat(part.hashes, np.diff(part.starts))[is_kept])
            rows.append(renamed[is_kept].astype(np.uint32))
            levels.append(part.levels[is_kept])
        return cls._ordered(np.concatenate(hashes), np.concatenate(rows), np.concatenate(levels))

    @classmethod
    def _ordered(cls, hashes: Hashes, rows: NDArray[np.uint32], levels: NDArray[np.uint8]) -> "Postings":
        order = np.argsort(hashes, kind="stable")  # of ordered runs, one after another, and rows ascend within a hash
        hashes, rows, levels = hashes[order], rows[order], levels[order]
        is_first = np.append(True, hashes[1:] != hashes[:-1])[: len(hashes)]
        starts = np.append(np.flatnonzero(is_first), len(hashes)).astype(np.int64)
        return cls(hashes[is_first], starts, rows, levels)

    @classmethod
    def from_arrays(cls, arrays: Arrays, name: str) -> "Postings":
        """Postings from what `arrays` returned under this name."""
        return cls(*(arrays[f"{name}_{part}"] for part in _PARTS))

    def arrays(self, name: str) -> Arrays:
        """Arrays to be stored, with names that begin with `name`."""
        return {f"{name}_{part}": getattr(self, part) for part in _PARTS}

    def find(self, hashed: Hashes) -> list[tuple[NDArray[np.uint32], NDArray[np.float32]]]:
        """Rows of each of these terms, and the frequency in each."""
        at = np.searchsorted(self.hashes, hashed)
        found = []
        for place, one in zip(at.tolist(), hashed.tolist(), strict=True):
            is_there = place < len(self.hashes) and self.hashes[place] == one
            part = slice(int(self.starts[place]), int(self.starts[place + 1])) if is_there else slice(0, 0)
            found.append((self.rows[part], FREQUENCIES[self.levels[part]]))
        return found

    def fits(self) -> bool:
        """Return true if the arrays have the types and lengths of postings; rows are checked when read."""
        kinds = (self.hashes.dtype.str, self.starts.dtype.str, self.rows.dtype.str, self.levels.dtype.str)
        starts = self.starts
        return (
            kinds == ("<u4", "<i8", "<u4", "|u1")
            and len(starts) == len(self.hashes) + 1
            and int(starts[0]) == 0
            and int(starts[-1]) == len(self.rows) == len(self.levels)
            and bool((starts[1:] >= starts[:-1]).all())
        )


def level_of(frequencies: NDArray[np.integer[Any]]) -> NDArray[np.uint8]:
    """Level of each frequency."""
    levels = np.rint(_STEPS * np.log2(np.maximum(frequencies, 1)))
    held: NDArray[np.uint8] = np.minimum(levels, len(FREQUENCIES) - 1).astype(np.uint8)
    return held
