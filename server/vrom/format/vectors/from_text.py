"""Vectors of `index.json` parsed from text without one Python object per number: they are nine tenths of the file.

The vectors' text is cut out and the rest is parsed as JSON. Digits are converted eight at a time (SIMD within a
register: Lamport 1975; for digits, Mula 2014). A number `±0.d…` of up to 14 digits is an integer divided by a power of
ten, both exact in float64, so the quotient is correctly rounded, as a parser's result is (Clinger 1990). With up to 22
digits the quotient may be off by two units in the last place. This doesn't affect the float32 result unless the
quotient is that close to the midpoint of two float32 values; such numbers, and all in another notation, are converted
by the parser.

If the layout isn't the one written by `vrom build` or the format's own builder, there is no result and the caller
parses the whole file. Otherwise the result equals that of parsing the whole file.
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
"""Node openings written by vrom and by the format's own builder. Their quotes are unescaped, so they can't occur inside
a string: in valid JSON they begin an object."""
_FIRST_WITHIN = 1 << 16
"""Bytes within which the first node must begin: only the graph's parameters precede it."""
_AT_ONCE = 65_536
"""Numbers converted at once: few enough for the CPU cache, enough to release the GIL for a while."""
_WIDTHS = (16, 24)
"""Largest widths of numbers, in bytes without sign, that are converted together."""
_FEW = 8
"""If more than one in this many numbers is in another notation, the parser converts all of them."""

_U = np.uint64
_ALL = _U(2**64 - 1)
_FIRST_SIGNS, _SIGNS = (_U(int.from_bytes(signs, "little")) for signs in (b"0.000000", b"00000000"))
_FIRST_CHECK, _CHECK = _U(0x0606060606060F0F), _U(0x0606060606060606)
"""Added to bytes below 128, these set a bit in the upper half of every byte that isn't a digit, or isn't the
required 0."""
_UPPER = _U(0xF0F0F0F0F0F0F0F0)
_BELOW_FLOAT32, _MIDDLE, _NEAR = _U(2**29 - 1), _U(2**28), _U(8)
"""Mask of the float64 bits that float32 lacks, the midpoint of two float32 values, and the error around the
midpoint."""


@dataclass(frozen=True)
class Apart:
    """JSON document without its nodes' vectors, and the vectors' text; needs less memory than the whole."""

    index: dict[str, Any]
    """Parsed document without the vectors; `nodes` is a list of objects, `dim` an integer above 0."""
    spans: Sequence[memoryview]
    """Text between the brackets of each node's vector."""

    def vectors(self) -> NDArray[np.float32] | None:
        """Convert the vectors: float32, (nodes, dim), all finite; None if invalid (the parser reports the error)."""
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
    """Split `raw` into JSON and vector text; None if its layout isn't the expected one."""
    opening = next((one for one in _OPENINGS if one in raw[:_FIRST_WITHIN]), None)
    if opening is None:
        return None
    mark = secrets.token_hex(16)  # random, so that no file can contain it in place of a vector
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
        return None  # too short for that many numbers
    return Apart(index, spans)


def _cut(raw: bytes, opening: bytes, mark: str) -> tuple[list[memoryview], bytes]:
    """Cut out the text between the brackets of each vector; the rest has a mark in place of each vector."""
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
    """Convert the numbers of some vectors: float32, (spans, dim); None if any isn't a number or one is missing."""
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
    """Convert the numbers at these positions: float32, (n,), and bool, (n,), true where the notation isn't `±0.d…`."""
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
        part &= ~(_ALL << (np.maximum(bits, before) - before))  # mask what follows; a shift by all bits or more is 0
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
    """Convert eight digits, the first in the lowest byte, to an integer: combines pairs, then fours, then eights."""
    digits = (digits * _U(10 * 2**8 + 1) >> _U(8)) & _U(0x00FF00FF00FF00FF)
    digits = (digits * _U(100 * 2**16 + 1) >> _U(16)) & _U(0x0000FFFF0000FFFF)
    return digits * _U(10_000 * 2**32 + 1) >> _U(32)


def _parsed(numbers: Sequence[bytes | memoryview]) -> list[float] | None:
    """Convert numbers with the JSON parser; None if any isn't a number."""
    try:
        found: list[float] = orjson.loads(b"[" + b",".join(numbers) + b"]")
    except orjson.JSONDecodeError:
        return None
    return found if {*map(type, found)} <= {int, float} else None
