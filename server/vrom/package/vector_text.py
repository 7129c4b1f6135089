"""The vectors of `index.json` read without an object for every number: nine tenths of the file is nothing else.

They are cut out of the text, the rest is parsed, and digits become numbers eight at a time (SIMD within a register:
Lamport 1975; for digits, Mula 2014). A number `±0.d…` of up to 14 digits is an integer divided by a power of ten, both
of which float64 holds exactly, so the quotient is the correctly rounded one that a parser gives (Clinger 1990). The few
others are left to the parser.

Where anything isn't as `vrom build` and the format's own builder write it, there is no result, and the file is to be
parsed as a whole. A result is the one that would give.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from vrom.package.models import MAX_DIMENSIONS

_OPENING = b'{"vector":['
"""Its quotes can't stand within a string, as they aren't escaped; so where the rest is JSON, this begins an object."""
_AT_ONCE = 65_536
"""Numbers that are read together: few enough for the processor's cache, and enough to leave other threads alone."""
_WIDEST = 16
_FEW = 8
"""Where more than one in so many numbers is written otherwise, all are left to the parser."""

_U = np.uint64
_ALL = _U(2**64 - 1)
_LOW_SIGNS, _HIGH_SIGNS = (_U(int.from_bytes(signs, "little")) for signs in (b"0.000000", b"00000000"))
_LOW_CHECK, _HIGH_CHECK = _U(0x0606060606060F0F), _U(0x0606060606060606)
"""Added to bytes below 128, these reach a byte's upper half where it is no digit, or isn't 0 where it must be."""
_UPPER = _U(0xF0F0F0F0F0F0F0F0)


@dataclass(frozen=True)
class Apart:
    """A document without its nodes' vectors, and the text of these. Together they take less memory than the whole."""

    index: dict[str, Any]
    """What the parser gives, but for the vectors; `nodes` is a list of objects, `dim` an integer above 0."""
    spans: Sequence[memoryview]
    """What stands between the brackets of each node's vector."""

    def vectors(self) -> NDArray[np.float32] | None:
        """The vectors: float32, (nodes, dim), all finite; None where the parser is to say what is wrong with them."""
        dim: int = self.index["dim"]
        vectors = np.empty((len(self.spans), dim), dtype=np.float32)
        step = max(_AT_ONCE // dim, 1)
        for first in range(0, len(self.spans), step):
            found = _numbers(self.spans[first : first + step], dim)
            if found is None:
                return None
            vectors[first : first + step] = found
        return vectors if np.isfinite(vectors).all() else None


def cut_apart(raw: bytes) -> Apart | None:
    """The document `raw` is, cut apart; None where it isn't written so that this can be done."""
    mark = secrets.token_hex(16)  # which no file can hold in the place of a vector
    spans, rest = _cut(raw, mark)
    try:
        index = orjson.loads(rest) if spans else None
    except orjson.JSONDecodeError:
        return None
    if not isinstance(index, dict):
        return None
    nodes, dim = index.get("nodes"), index.get("dim")
    if not isinstance(nodes, list) or len(nodes) != len(spans) or type(dim) is not int or not 0 < dim <= MAX_DIMENSIONS:
        return None
    if not all(isinstance(node, dict) and node.get("vector") == mark for node in nodes):
        return None
    if min(map(len, spans)) < 2 * dim - 1:
        return None  # there can't be so many numbers
    return Apart(index, spans)


def _cut(raw: bytes, mark: str) -> tuple[list[memoryview], bytes]:
    """What stands between the brackets of each vector, and all else, with a mark for each vector."""
    whole = memoryview(raw)
    spans: list[memoryview] = []
    between: list[memoryview] = []
    at = 0
    while (opening := raw.find(_OPENING, at)) >= 0 and (closing := raw.find(b"]", opening)) >= 0:
        between.append(whole[at:opening])
        spans.append(whole[opening + len(_OPENING) : closing])
        at = closing + 1
    between.append(whole[at:])
    return spans, (b'{"vector":"%b"' % mark.encode()).join(between)


def _numbers(spans: Sequence[memoryview], dim: int) -> NDArray[np.float32] | None:
    """The numbers of some vectors, float32, (spans, dim); None where they aren't as many, or no numbers."""
    text = b",".join([*spans, b"0" * _WIDEST])
    if not text.isascii():
        return None
    signs = np.frombuffer(text, dtype=np.uint8)
    ends = np.flatnonzero(signs[:-_WIDEST] == ord(","))
    last = np.cumsum([len(span) + 1 for span in spans]) - 1
    if len(ends) != len(spans) * dim or not np.array_equal(ends[dim - 1 :: dim], last):
        return None
    starts = np.empty_like(ends)
    starts[0], starts[1:] = 0, ends[:-1] + 1
    numbers, is_other = _decimals(text, signs, starts, ends)
    others = np.flatnonzero(is_other)
    if len(others) > len(ends) // _FEW:
        others, parsed = np.arange(len(ends)), _parsed(spans)
    elif len(others):
        parsed = _parsed([text[start:end] for start, end in zip(starts[others], ends[others], strict=True)])
    else:
        parsed = []
    if parsed is None or len(parsed) != len(others):
        return None
    with np.errstate(over="ignore"):
        numbers[others] = np.array(parsed, dtype=np.float64).astype(np.float32)
    return numbers.reshape(len(spans), dim)


def _decimals(
    text: bytes, signs: NDArray[np.uint8], starts: NDArray[np.int64], ends: NDArray[np.int64]
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """The numbers that stand at these places, and which of them are written in another way than `±0.d…`."""
    is_negative = signs[starts] == ord("-")
    starts = starts + is_negative
    sixteen = np.ndarray((len(text) - _WIDEST + 1,), dtype=f"V{_WIDEST}", buffer=text, strides=(1,))[starts]
    halves = sixteen.view("<u8").reshape(-1, 2)
    low, high = halves[:, 0] ^ _LOW_SIGNS, halves[:, 1] ^ _HIGH_SIGNS
    length = (ends - starts).astype(np.uint64)
    is_other = length - _U(3) > _U(_WIDEST - 3)
    bits = length << _U(3)
    low &= ~(_ALL << bits)  # away with what follows the number; a shift by all bits or more gives 0 in numpy
    high &= ~(_ALL << (np.maximum(bits, _U(64)) - _U(64)))
    is_other |= ((low + _LOW_CHECK) | (high + _HIGH_CHECK)) & _UPPER != 0
    fraction = (_integers(low) * _U(10**8) + _integers(high)).view(np.int64) / 1e14
    numbers = fraction.astype(np.float32)
    numbers.view(np.uint32)[:] |= is_negative.astype(np.uint32) << np.uint32(31)
    return numbers, is_other


def _integers(digits: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """What eight digits, the first in the lowest byte, mean: pairs, then fours, then all are put together."""
    digits = (digits * _U(10 * 2**8 + 1) >> _U(8)) & _U(0x00FF00FF00FF00FF)
    digits = (digits * _U(100 * 2**16 + 1) >> _U(16)) & _U(0x0000FFFF0000FFFF)
    return digits * _U(10_000 * 2**32 + 1) >> _U(32)


def _parsed(numbers: Sequence[bytes | memoryview]) -> list[float] | None:
    """Numbers as the parser reads them; None where any is something else."""
    try:
        found: list[float] = orjson.loads(b"[" + b",".join(numbers) + b"]")
    except orjson.JSONDecodeError:
        return None
    return found if {*map(type, found)} <= {int, float} else None
