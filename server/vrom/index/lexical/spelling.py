"""Spelling correction: known terms similar to a mistyped one."""

import difflib
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vrom.index.lexical.vocabulary import Vocabulary
from vrom.storage.array_file import Arrays

SHORTEST = 5
"""Shortest term that is corrected: shorter ones have too many neighbours."""
SIMILAR = 0.8
"""Least share of letters in common, in order: one typo in five letters, two in ten."""
_LOOKED_AT = 24
_LETTERS = 24
_ALPHABET = "abcdefghijklmnopqrstuvwxyz"


class Speller:
    """Nearest terms of a vocabulary, first by shared letter pairs, then by letter order.

    Typos are rare in the first letter, so only terms with the same first letter are compared.
    """

    def __init__(self, arrays: Arrays, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._words, self._marks = arrays["spelled"], arrays["spelled_marks"]
        self._starts = arrays["spelled_starts"]

    def candidates(self, word: str) -> list[str]:
        """Terms of the vocabulary that share most letter pairs with `word`."""
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
    """Candidate that `word` is most likely a typo of, or None if none is similar enough."""
    close = difflib.get_close_matches(word, candidates, n=1, cutoff=SIMILAR)
    return close[0] if close else None


def speller_arrays(terms: Sequence[str], numbers: NDArray[np.int32]) -> dict[str, NDArray[Any]]:
    """Arrays of a `Speller`: the alphabetic words among `terms`, with their `numbers`, by first letter."""
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
    """uint64, (n,): bit set of the classes, out of 64, of each word's letter pairs."""
    letters = np.array([f"^{word}$"[:_LETTERS] for word in words], dtype=f"S{_LETTERS}")
    codes = letters.view(np.uint8).reshape(len(words), _LETTERS).astype(np.uint64)
    classes = (codes[:, :-1] * np.uint64(31) + codes[:, 1:] * np.uint64(7)) % np.uint64(64)
    bits = np.where(codes[:, 1:] > 0, np.uint64(1) << classes, np.uint64(0))
    return np.asarray(np.bitwise_or.reduce(bits, axis=1), dtype=np.uint64)
