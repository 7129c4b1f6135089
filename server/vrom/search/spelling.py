"""The known word that a mistyped one means."""

import difflib
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

SHORTEST = 5
"""Shorter words have too many neighbours to guess from."""
SIMILAR = 0.8
"""Share of letters in common, in order: one slip in five letters, two in ten."""
_LOOKED_AT = 24
_LETTERS = 24


class Speller:
    """Nearest words of one vocabulary, by shared pairs of letters first and by their order then."""

    def __init__(self, words: Iterable[str]) -> None:
        self._words = [word for word in words if len(word) >= SHORTEST - 1 and word.isascii() and word.isalpha()]
        self._marks = _marks(self._words)

    def nearest(self, word: str) -> str | None:
        """The word of the vocabulary that `word` is a slip of, or None when none is near."""
        if len(word) < SHORTEST or not self._words or not (word.isascii() and word.isalpha()):
            return None
        apart = np.bitwise_count(self._marks ^ _marks([word]))
        count = min(_LOOKED_AT, len(apart))
        near = np.argpartition(apart, count - 1)[:count]
        candidates = [self._words[i] for i in near if self._words[i][0] == word[0]]
        close = difflib.get_close_matches(word, candidates, n=1, cutoff=SIMILAR)
        return close[0] if close else None


def _marks(words: Sequence[str]) -> NDArray[np.uint64]:
    """uint64, (n,): which of 64 classes the pairs of letters of each word fall into, a bit each."""
    letters = np.array([f"^{word}$"[:_LETTERS] for word in words], dtype=f"S{_LETTERS}")
    codes = letters.view(np.uint8).reshape(len(words), _LETTERS).astype(np.uint64)
    classes = (codes[:, :-1] * np.uint64(31) + codes[:, 1:] * np.uint64(7)) % np.uint64(64)
    bits = np.where(codes[:, 1:] > 0, np.uint64(1) << classes, np.uint64(0))
    return np.asarray(np.bitwise_or.reduce(bits, axis=1), dtype=np.uint64)
