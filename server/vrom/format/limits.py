"""Limits on memory and time of reading a package: the package is untrusted, and a small file can be expensive.

A parsed JSON document takes up to fifty times its size in memory: a list in a list is two bytes of JSON and a hundred
in memory. Memory use is therefore estimated before parsing, by counting the characters that start values. The estimate
is an upper bound (a test compares it with actual use): for a package made by `vrom build` it is fourteen times the
index size, and actual use is three times.

The memory limit bounds time as well, as reading takes time proportional to the size and to the number of values. The
deadline, checked between steps, covers slow disks and unforeseen cases.
"""

import contextlib
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from vrom.errors import PackageBrokenError, PackageLimitError

PER_NODE = 2048
"""Bytes for the objects made from one node, in addition to its JSON."""

_MOST_PER_BYTE = 70
"""Upper bound of memory per byte of JSON, so that documents small against the remaining budget needn't be counted."""
_SMALL = 150
_PER_SIGN = {b"[": 104, b"{": 96, b":": 136, b",": 56, b'"': 32}
"""Bytes of CPython objects per character: a list, a dict, the slot of a first key, a number with its slot, half a
string."""
_BLOCK = 1 << 18
_TRUST = "If you trust the package, raise"


@dataclass(frozen=True)
class Limits:
    """Limits on reading one package."""

    file_bytes: int = 2**30
    """Largest size of one file in bytes (`VROM_MAX_PACKAGE`)."""
    memory: int = 8 * 2**30
    """Largest memory use of parsed documents in bytes (`VROM_MAX_MEMORY`)."""
    seconds: float = 300.0
    """Longest reading time in seconds (`VROM_MAX_SECONDS`)."""


DEFAULT_LIMITS = Limits()


class Meter:
    """Memory and time spent on reading one package."""

    def __init__(self, limits: Limits = DEFAULT_LIMITS) -> None:
        self.limits = limits
        self.memory = 0
        """Estimated bytes."""
        self._until = time.monotonic() + limits.seconds

    def parse(self, file: Path, raw: bytes, field: str = "") -> Any:
        """Parse the JSON document in `raw`, which is the value of `field` in `file`, or the whole file.

        Raises `PackageBrokenError` if it isn't JSON, `PackageLimitError` if it would exceed the limits.
        """
        self.afford(file, raw, field)
        return loads(file, raw, field)

    def afford(self, file: Path, raw: bytes, field: str = "") -> None:
        """Count the memory that parsing a document takes. Raises `PackageLimitError` if that exceeds the limits."""
        is_small = len(raw) * _SMALL < self.limits.memory - self.memory
        self.spend(file, field, len(raw) * _MOST_PER_BYTE if is_small else memory_of(raw))
        self.check_time(file, field)

    def spend(self, file: Path, field: str, memory: int) -> None:
        """Count bytes of memory. Raises `PackageLimitError` if that exceeds the limit."""
        self.memory += memory
        if self.memory > self.limits.memory:
            problem = f"it would take {self.memory:,} bytes of memory, more than the {self.limits.memory:,} allowed"
            raise PackageLimitError(file, field, problem, f"{_TRUST} VROM_MAX_MEMORY.")

    @contextlib.contextmanager
    def lending(self, file: Path, memory: int) -> Iterator[None]:
        """Count bytes of memory for the duration of a block. Raises `PackageLimitError` if that exceeds the limit."""
        self.spend(file, "", memory)
        yield
        self.memory -= memory

    def check_time(self, file: Path, field: str) -> None:
        """Raise `PackageLimitError` if reading has taken too long."""
        if time.monotonic() > self._until:
            problem = f"reading has taken more than the {self.limits.seconds:g} seconds allowed"
            raise PackageLimitError(file, field, problem, f"{_TRUST} VROM_MAX_SECONDS.")


def loads(file: Path, raw: bytes, field: str = "") -> Any:
    """Parse the JSON document in `raw`. Raises `PackageBrokenError` if it isn't JSON."""
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        what = "the string" if field else "it"
        problem = f"{what} is not JSON: {error.msg} at line {error.lineno}, column {error.colno}"
        raise PackageBrokenError(file, field, problem) from error


def memory_of(raw: bytes) -> int:
    """Upper bound of the bytes that a parsed document takes, including its text."""
    values = sum(cost * _count(sign, raw) for sign, cost in _PER_SIGN.items())
    widest = 1 if raw.isascii() and b"\\u" not in raw else 4  # one rare character widens its whole string
    return len(raw) * (2 + widest) + values


def _count(sign: bytes, raw: bytes) -> int:
    if len(raw) < _BLOCK:
        return raw.count(sign)
    import numpy as np  # five times as fast, but with too much overhead for a chunk

    signs = np.frombuffer(raw, np.uint8)
    starts = range(0, len(signs), _BLOCK)
    return int(sum(np.count_nonzero(signs[start : start + _BLOCK] == ord(sign)) for start in starts))
