"""The vectors of `index.json` read without an object for every number: nine tenths of the file is nothing else.

They are cut out of the text, the rest is parsed, and digits become numbers eight at a time (SIMD within a register:
Lamport 1975; for digits, Mula 2014). A number `±0.d…` of up to 14 digits is an integer divided by a power of ten, both
of which float64 holds exactly, so the quotient is the correctly rounded one that a parser gives (Clinger 1990). With up
to 22 digits it may be off by two units in the last place, which float32 doesn't show, unless it lies that near to the
middle between two of its values. The few that do, and all that are written otherwise, are left to the parser.

Where anything isn't as `vrom build` or the format's own builder writes it, there is no result, and the file is to be
parsed as a whole. A result is the one that would give.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from vrom.format.models import MAX_DIMENSIONS

_OPENINGS = (b'{"vector":[', b'{"vector": [')
"""As vrom and as the format's own builder write it. The quotes can't stand within a string, as they aren't escaped; so
where the rest is JSON, this begins an object."""
_FIRST_WITHIN = 1 << 16
"""Bytes in which the first of them begins: what comes before it is the graph's parameters."""
_AT_ONCE = 65_536
"""Numbers that are read together: few enough for the processor's cache, and enough to leave other threads alone."""
_WIDTHS = (16, 24)
"""Bytes of the longest numbers, without a sign, that are read together."""
_FEW = 8
"""Where more than one in so many numbers is written otherwise, all are left to the parser."""

_U = np.uint64
_ALL = _U(2**64 - 1)
_FIRST_SIGNS, _SIGNS = (_U(int.from_bytes(signs, "little")) for signs in (b"0.000000", b"00000000"))
_FIRST_CHECK, _CHECK = _U(0x0606060606060F0F), _U(0x0606060606060606)
"""Added to bytes below 128, these reach a byte's upper half where it is no digit, or isn't 0 where it must be."""
_UPPER = _U(0xF0F0F0F0F0F0F0F0)
_BELOW_FLOAT32, _MIDDLE, _NEAR = _U(2**29 - 1), _U(2**28), _U(8)
"""Bits of a float64 that float32 lacks, the middle between two values of float32, and what isn't told apart from it."""


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
    opening = next((one for one in _OPENINGS if one in raw[:_FIRST_WITHIN]), None)
    if opening is None:
        return None
    mark = secrets.token_hex(16)  # which no file can hold in the place of a vector
    spans, rest = _cut(raw, opening, mark)
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


def _cut(raw: bytes, opening: bytes, mark: str) -> tuple[list[memoryview], bytes]:
    """What stands between the brackets of each vector, and all else, with a mark for each vector."""
    whole = memoryview(raw)
    spans: list[memoryview] = []
    between: list[memoryview] = []
    at = 0
    while (start := raw.find(opening, at)) >= 0 and (end := raw.find(b"]", start)) >= 0:
        between.append(whole[at:start])
        spans.append(whole[start + len(opening) : end])
        at = end + 1
    between.append(whole[at:])
    return spans, (b'{"vector":"%b"' % mark.encode()).join(between)


def _numbers(spans: Sequence[memoryview], dim: int) -> NDArray[np.float32] | None:
    """The numbers of some vectors, float32, (spans, dim); None where they aren't as many, or no numbers."""
    text = b",".join([*spans, b"0" * _WIDTHS[-1]])
    if not text.isascii():
        return None
    signs = np.frombuffer(text, dtype=np.uint8)
    ends = np.flatnonzero(signs[: -_WIDTHS[-1]] == ord(","))
    last = np.cumsum([len(span) + 1 for span in spans]) - 1
    if len(ends) != len(spans) * dim or not np.array_equal(ends[dim - 1 :: dim], last):
        return None
    starts = np.empty_like(ends)
    starts[0], starts[1:] = 0, ends[:-1] + 1
    if b" " in text:
        starts += signs[starts] == ord(" ")
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
    length = (ends - starts).astype(np.uint64)
    width = _WIDTHS[0] if length.max() <= _WIDTHS[0] else _WIDTHS[1]
    is_other = length - _U(3) > _U(width - 3)
    bits = length << _U(3)
    windows = np.ndarray((len(text) - width + 1,), dtype=f"V{width}", buffer=text, strides=(1,))[starts]
    eights = windows.view("<u8").reshape(-1, width // 8)
    bad: NDArray[np.uint64] | np.uint64 = _U(0)
    parts: list[NDArray[np.uint64]] = []
    for i in range(width // 8):
        part = eights[:, i] ^ (_SIGNS if i else _FIRST_SIGNS)
        before = _U(64 * i)
        part &= ~(_ALL << (np.maximum(bits, before) - before))  # without what follows; a shift by all bits or more is 0
        bad = bad | (part + (_CHECK if i else _FIRST_CHECK))
        parts.append(_integers(part))
    is_other |= bad & _UPPER != 0
    fraction = (parts[0] * _U(10**8) + parts[1]).view(np.int64) / 1e14
    if width > _WIDTHS[0]:
        fraction += parts[2].view(np.int64) / 1e22
        is_other |= ((fraction.view(np.uint64) & _BELOW_FLOAT32) - _MIDDLE + _NEAR) <= _U(2) * _NEAR
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
