"""The known word that a mistyped one means."""

import difflib
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vrom.index.lexical.vocabulary import Vocabulary
from vrom.storage.array_file import Arrays

SHORTEST = 5
"""Shorter words have too many neighbours to guess from."""
SIMILAR = 0.8
"""Share of letters in common, in order: one slip in five letters, two in ten."""
_LOOKED_AT = 24
_LETTERS = 24
_ALPHABET = "abcdefghijklmnopqrstuvwxyz"


class Speller:
    """Nearest words of one vocabulary, by shared pairs of letters first and by their order then.

    Slips are seldom in the first letter, so only words that begin with the same one are compared.
    """

    def __init__(self, arrays: Arrays, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._words, self._marks = arrays["spelled"], arrays["spelled_marks"]
        self._starts = arrays["spelled_starts"]

    def candidates(self, word: str) -> list[str]:
        """Words of the vocabulary that share most pairs of letters with `word`, which may be a slip of one of them."""
        if len(word) < SHORTEST or word[0] not in _ALPHABET or not (word.isascii() and word.isalpha()):
            return []
        letter = _ALPHABET.index(word[0])
        start, end = (max(int(self._starts[at]), 0) for at in (letter, letter + 1))
        apart = np.bitwise_count(self._marks[start:end] ^ _marks([word]))
        if len(apart) == 0:
            return []
        count = min(_LOOKED_AT, len(apart))
        near = np.argpartition(apart, count - 1)[:count]
        return [self._vocabulary.word(number) for number in self._words[start:end][near].tolist()]


def nearest(word: str, candidates: Iterable[str]) -> str | None:
    """The candidate that `word` is a slip of, or None when none is near."""
    close = difflib.get_close_matches(word, candidates, n=1, cutoff=SIMILAR)
    return close[0] if close else None


def speller_arrays(terms: Sequence[str], numbers: NDArray[np.int32]) -> dict[str, NDArray[Any]]:
    """What a `Speller` is opened from: the words among `terms`, which have these `numbers`, by their first letter."""
    words = [
        (term, int(number))
        for term, number in zip(terms, numbers, strict=True)
        if len(term) >= SHORTEST - 1 and term.isascii() and term.isalpha() and term[0] in _ALPHABET
    ]
    words.sort()
    letters = np.array([ord(term[0]) - ord("a") for term, _ in words], dtype=np.int64)
    return {
        "spelled": np.array([number for _, number in words], dtype=np.int32),
        "spelled_marks": _marks([term for term, _ in words]),
        "spelled_starts": np.searchsorted(letters, np.arange(len(_ALPHABET) + 1)).astype(np.int64),
    }


def _marks(words: Sequence[str]) -> NDArray[np.uint64]:
    """uint64, (n,): which of 64 classes the pairs of letters of each word fall into, a bit each."""
    letters = np.array([f"^{word}$"[:_LETTERS] for word in words], dtype=f"S{_LETTERS}")
    codes = letters.view(np.uint8).reshape(len(words), _LETTERS).astype(np.uint64)
    classes = (codes[:, :-1] * np.uint64(31) + codes[:, 1:] * np.uint64(7)) % np.uint64(64)
    bits = np.where(codes[:, 1:] > 0, np.uint64(1) << classes, np.uint64(0))
    return np.asarray(np.bitwise_or.reduce(bits, axis=1), dtype=np.uint64)
