"""Bulk tokenizer: the results of `tokenizer.compounds` for many texts, by a few array operations on all their bytes.

In ASCII, a compound is a run of characters of two classes, so its edges follow from each byte and its two neighbours.
Words are compared by their bytes, and each distinct one is decoded once. Texts with letters beyond ASCII are passed to
`compounds`; other non-ASCII characters only separate words, and are replaced by an ASCII separator.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vrom.index.lexical.scripts import SPACELESS, may_hold_mark
from vrom.index.tokenizer import SIGN, SIGNS, compounds, normalized

Places = NDArray[np.int64]

_AT_ONCE = 1_000_000
"""Characters processed at once. Intermediate arrays take about thirty times as many bytes."""
_WIDEST = 16
"""Bytes by which words are compared; longer ones are decoded wherever they occur."""
_TURNS = 5
"""Rounds of insertion into a hash table, each with other bits of the hash; few words are left after them."""
_MIX = np.uint64(0x9E3779B97F4A7C15)

_LETTER, _JOINT, _PLUS, _SHARP = 1, 2, 3, 4
_DOLLAR = ord("$")
_CLASS_OF = {**dict.fromkeys(".-:/'", _JOINT), "+": _PLUS, "#": _SHARP}
_CLASSES = bytes(
    _LETTER if chr(sign) == "_" or (sign < 128 and chr(sign).isalnum()) else _CLASS_OF.get(chr(sign), 0)
    for sign in range(256)
)
_IS_SIGN = bytes(chr(sign) in SIGN.replace("\\", "") for sign in range(256))
_RUNS = np.array([int.from_bytes(run.encode(), "little") for run in sorted(SIGNS)], dtype=np.int64)
"""Runs of signs that are words, as numbers of their bytes."""
_UNUSUAL = re.compile(r"[^\x00-\x7f]+")
_LETTERS_BEYOND = re.compile(rf"\w|[{SPACELESS}]")
_U = np.uint64
_ALL = _U(2**64 - 1)


@dataclass(frozen=True)
class Cut:
    """Words of several texts, in order."""

    distinct: list[str]
    """Every word at least once, in order of first occurrence."""
    words: Places
    """Index in `distinct` of each word of all texts, concatenated: int64, (words,)."""
    sizes: Places
    """Number of words of each text: int64, (texts,)."""


def cut(texts: Sequence[str]) -> Iterator[Cut]:
    """Words of the texts, in batches: as `compounds` returns them, but apostrophes may be straight."""
    first, characters = 0, 0
    for end, text in enumerate(texts, 1):
        characters += len(text)
        if characters >= _AT_ONCE or end == len(texts):
            yield _cut(texts[first:end])
            first, characters = end, 0


def _cut(texts: Sequence[str]) -> Cut:
    plain = [_ascii(text) for text in texts]
    joined = b"\n" + b"\n".join([text or b"" for text in plain]) + b"\n" * _WIDEST
    starts, ends = _edges(joined)
    text_ends = np.cumsum([len(text or b"") + 1 for text in plain])
    sizes = np.diff(np.searchsorted(starts, text_ends), prepend=0)
    alike = _first_alike(joined, starts, ends)
    others = {number: compounds(texts[number]) for number, text in enumerate(plain) if text is None}
    if any(others.values()):
        return _with_others(others, joined, starts, ends, sizes, alike)
    is_first = alike == np.arange(len(alike))
    return Cut(_decoded(joined, starts[is_first], ends[is_first]), (np.cumsum(is_first) - 1)[alike], sizes)


def _with_others(
    others: dict[int, list[str]], joined: bytes, starts: Places, ends: Places, sizes: Places, alike: Places
) -> Cut:
    """Merge the words of the texts in `others` into those found, at their positions."""
    words = [word for found in others.values() for word in found]
    met: dict[str, int] = {}
    alike = np.concatenate([alike, [met.setdefault(word, len(starts) + i) for i, word in enumerate(words)]])
    owners = np.repeat([*range(len(sizes)), *others], [*sizes, *map(len, others.values())])
    order = np.argsort(owners, kind="stable")
    places = np.empty_like(order)
    places[order] = np.arange(len(order))
    alike = places[alike[order]]
    is_first = alike == np.arange(len(alike))
    firsts = order[is_first]
    mine = firsts[firsts < len(starts)]
    decoded = iter(_decoded(joined, starts[mine], ends[mine]))
    distinct = [next(decoded) if at < len(starts) else words[at - len(starts)] for at in firsts.tolist()]
    return Cut(distinct, (np.cumsum(is_first) - 1)[alike], np.bincount(owners, minlength=len(sizes)))


def _decoded(joined: bytes, starts: Places, ends: Places) -> list[str]:
    return [joined[start:end].decode() for start, end in zip(starts.tolist(), ends.tolist(), strict=True)]


def _ascii(text: str) -> bytes | None:
    """ASCII text with the same words, or None if its words contain other letters."""
    if text.isascii():
        return text.encode()
    text = normalized(text)
    unusual = "".join(_UNUSUAL.findall(text))
    if _LETTERS_BEYOND.search(unusual) or may_hold_mark(unusual):
        return None
    return _UNUSUAL.sub(" ", text.replace("’", "'")).encode()


def _edges(joined: bytes) -> tuple[Places, Places]:
    """Start and end offset of each word."""
    classes = np.frombuffer(joined.translate(_CLASSES), dtype=np.uint8)
    is_letter = classes == _LETTER
    is_inside = classes == _JOINT
    is_inside[1:-1] &= is_letter[:-2] & is_letter[2:]
    is_inside |= is_letter
    edges = np.flatnonzero(is_inside[1:] != is_inside[:-1]) + 1
    starts, ends = edges[::2], edges[1::2]
    after, then = classes[ends], classes[ends + 1]
    is_plus_plus = (after == _PLUS) & (then == _PLUS)
    is_sharp = (after == _SHARP) & (then != _LETTER)
    ends = ends + 2 * is_plus_plus + is_sharp
    signs = np.frombuffer(joined, dtype=np.uint8)
    before = np.maximum(starts - 2, 0)
    is_name = (signs[starts - 1] == _DOLLAR) & (classes[before] != _LETTER) & (signs[before] != _DOLLAR)
    starts = starts - (is_name & ~_is_digit(signs[starts]))
    run_starts, run_ends = _sign_runs(joined, signs)
    starts, ends = np.concatenate([starts, run_starts]), np.concatenate([ends, run_ends])
    order = np.argsort(starts, kind="stable")
    return starts[order], ends[order]


def _is_digit(signs: NDArray[np.uint8]) -> NDArray[np.bool_]:
    return np.asarray((signs >= ord("0")) & (signs <= ord("9")))


def _sign_runs(joined: bytes, signs: NDArray[np.uint8]) -> tuple[Places, Places]:
    """Start and end offset of each run of signs that is a word."""
    is_sign = np.frombuffer(joined.translate(_IS_SIGN), dtype=np.bool_)
    edges = np.flatnonzero(is_sign[1:] != is_sign[:-1]) + 1
    starts, ends = edges[::2], edges[1::2]
    is_short = (ends - starts == 2) | (ends - starts == 3)
    starts, ends = starts[is_short], ends[is_short]
    first, second, third = (signs[starts + i].astype(np.int64) << 8 * i for i in range(3))
    number = first | second | np.where(ends - starts == 3, third, 0)
    is_word = np.isin(number, _RUNS)
    return starts[is_word], ends[is_word]


def _first_alike(joined: bytes, starts: Places, ends: Places) -> Places:
    """For each word, the index of the first word with the same bytes: int64, (words,)."""
    lengths = ends - starts
    sixteen = np.ndarray((len(joined) - _WIDEST + 1,), dtype=f"V{_WIDEST}", buffer=joined, strides=(1,))[starts]
    halves = sixteen.view("<u8").reshape(-1, 2)
    bits = lengths.astype(np.uint64) << _U(3)
    low = halves[:, 0] & ~(_ALL << bits)  # masks the bytes that follow; a shift by all bits or more gives 0 in numpy
    high = halves[:, 1] & ~(_ALL << (np.maximum(bits, _U(64)) - _U(64)))
    hashes = low * _MIX + high
    hashes = (hashes ^ (hashes >> _U(32))) * _MIX
    first = np.arange(len(starts))
    left = first
    size = max(len(left).bit_length() - 2, 4)
    table = np.empty(1 << size, dtype=np.int64)
    for turn in range(_TURNS):
        hashed = hashes[left] if turn else hashes
        slots = ((hashed >> _U(64 - size - turn * 8)) & _U(len(table) - 1)).view(np.int64)
        table[slots[::-1]] = left[::-1]  # reversed, so that the first word of a slot wins
        found = table[slots]
        is_same = hashes[found] == hashed
        first[left[is_same]] = found[is_same]
        left = left[~is_same]
    is_known = (low[first] == low) & (high[first] == high) & (lengths[first] == lengths) & (lengths <= _WIDEST)
    is_known[left] = False
    met: dict[bytes, int] = {}
    for at in np.flatnonzero(~is_known).tolist():
        first[at] = met.setdefault(joined[starts[at] : ends[at]], at)
    return first
