"""What reading a package may cost: it is a stranger's file, and a small one can be made to cost much.

A JSON document takes up to fifty times its size in memory: a list in a list is two bytes there and a hundred here. So
what a document will take is estimated before it is parsed, by counting the signs that values are made of. The estimate
is an upper bound (a test compares it with what is taken): a package as `vrom build` makes it counts as fourteen times
its index, and takes three.

Time is bounded by that as well, as all of reading is proportional to the size and to the number of values. A deadline,
looked at between the steps, is there for slow disks and for what nobody has thought of.
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
"""Bytes that the objects made of one node take besides what its JSON takes."""

_MOST_PER_BYTE = 70
"""What no document exceeds, so that one that is small beside what is left needn't be counted."""
_SMALL = 150
_PER_SIGN = {b"[": 104, b"{": 96, b":": 136, b",": 56, b'"': 32}
"""Bytes of CPython's objects: a list, a dict, a first key's place in it, a number with its slot, half a string."""
_BLOCK = 1 << 18
_TRUST = "If you trust the package, raise"


@dataclass(frozen=True)
class Limits:
    """Of reading one package."""

    file_bytes: int = 2**30
    """That one file may have (`VROM_MAX_PACKAGE`)."""
    memory: int = 8 * 2**30
    """Bytes that what is parsed may take (`VROM_MAX_MEMORY`)."""
    seconds: float = 300.0
    """That reading may take (`VROM_MAX_SECONDS`)."""


DEFAULT_LIMITS = Limits()


class Meter:
    """What reading one package has cost so far."""

    def __init__(self, limits: Limits = DEFAULT_LIMITS) -> None:
        self.limits = limits
        self.memory = 0
        """Bytes, estimated."""
        self._until = time.monotonic() + limits.seconds

    def parse(self, file: Path, raw: bytes, field: str = "") -> Any:
        """The JSON document in `raw`, which is in `field` of `file`, or all of it.

        Raises `PackageBrokenError` where it isn't one, `PackageLimitError` where it would take more than is left.
        """
        self.afford(file, raw, field)
        return loads(file, raw, field)

    def afford(self, file: Path, raw: bytes, field: str = "") -> None:
        """Count what a document takes when it is parsed. Raises `PackageLimitError` where that is more than is left."""
        is_small = len(raw) * _SMALL < self.limits.memory - self.memory
        self.spend(file, field, len(raw) * _MOST_PER_BYTE if is_small else memory_of(raw))
        self.check_time(file, field)

    def spend(self, file: Path, field: str, memory: int) -> None:
        """Count bytes of memory. Raises `PackageLimitError` when there are not so many left."""
        self.memory += memory
        if self.memory > self.limits.memory:
            problem = f"it would take {self.memory:,} bytes of memory, more than the {self.limits.memory:,} allowed"
            raise PackageLimitError(file, field, problem, f"{_TRUST} VROM_MAX_MEMORY.")

    @contextlib.contextmanager
    def lending(self, file: Path, memory: int) -> Iterator[None]:
        """Count bytes of memory for a while. Raises `PackageLimitError` when there are not so many left."""
        self.spend(file, "", memory)
        yield
        self.memory -= memory

    def check_time(self, file: Path, field: str) -> None:
        """Raise `PackageLimitError` when reading has taken too long."""
        if time.monotonic() > self._until:
            problem = f"reading has taken more than the {self.limits.seconds:g} seconds allowed"
            raise PackageLimitError(file, field, problem, f"{_TRUST} VROM_MAX_SECONDS.")


def loads(file: Path, raw: bytes, field: str = "") -> Any:
    """The JSON document in `raw`. Raises `PackageBrokenError` where it isn't one."""
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        what = "the string" if field else "it"
        problem = f"{what} is not JSON: {error.msg} at line {error.lineno}, column {error.colno}"
        raise PackageBrokenError(file, field, problem) from error


def memory_of(raw: bytes) -> int:
    """At most how many bytes the document takes when it is parsed, itself included."""
    values = sum(cost * _count(sign, raw) for sign, cost in _PER_SIGN.items())
    widest = 1 if raw.isascii() and b"\\u" not in raw else 4  # one rare character widens a whole string
    return len(raw) * (2 + widest) + values


def _count(sign: bytes, raw: bytes) -> int:
    if len(raw) < _BLOCK:
        return raw.count(sign)
    import numpy as np  # five times as fast, and not worth its overhead for a chunk

    signs = np.frombuffer(raw, np.uint8)
    starts = range(0, len(signs), _BLOCK)
    return int(sum(np.count_nonzero(signs[start : start + _BLOCK] == ord(sign)) for start in starts))
