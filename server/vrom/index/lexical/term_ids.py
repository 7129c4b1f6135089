"""Term ids of texts, concatenated.

Python code runs once per distinct word, to tokenize it; all else is array operations.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vrom.index.lexical.bulk_tokenizer import cut
from vrom.index.lexical.folding import FOLDED, folded
from vrom.index.outline import Ids, starts_of
from vrom.index.tokenizer import SIGNS, stem, terms_of_each

Counts = NDArray[np.int64]


@dataclass(frozen=True)
class Read:
    """Term ids of several texts, concatenated, and the first term id of each of their words."""

    terms: Counts
    term_starts: Counts
    heads: Counts
    head_starts: Counts
    lengths: Counts
    """Number of terms of each text, without operators and names with their dollar: these make no text longer."""
    first: int = 0
    """Number of the first text."""

    def expanded(self, owners: Ids, values: Counts, starts: Counts) -> tuple[Counts, Counts]:
        """Concatenate the `values` of the texts `owners`; returns them, and for each the index in `owners`."""
        sizes = starts[owners + 1] - starts[owners]
        ends = np.cumsum(sizes)
        places = np.arange(int(ends[-1]) if len(ends) else 0) + np.repeat(starts[owners] - (ends - sizes), sizes)
        return values[places], np.repeat(np.arange(len(owners)), sizes)


class Words(dict[str, int]):
    """Ids of all compounds seen so far, and the terms of each."""

    def __init__(self) -> None:
        super().__init__()
        self.vocabulary: dict[str, int] = {}
        """Ids of all terms, in order of first occurrence."""
        self._terms: list[int] = []
        self._starts: list[int] = [0]
        self._is_sign: list[bool] = []
        self._counted: list[int] = []

    def read(self, texts: Sequence[str], first: int = 0) -> Read:
        """Term ids of some texts; `first` is the number of the first text."""
        numbers: list[Counts] = [np.zeros(0, dtype=np.int64)]
        sizes: list[Counts] = [np.zeros(0, dtype=np.int64)]
        for part in cut(texts):
            self._learn(part.distinct)
            numbers.append(np.array([self[compound] for compound in part.distinct], dtype=np.int64)[part.words])
            sizes.append(part.sizes)
        words, sizes_of_all = np.concatenate(numbers), np.concatenate(sizes)
        starts, terms = np.array(self._starts, dtype=np.int64), np.array(self._terms, dtype=np.int64)
        term_sizes = np.diff(starts)[words]
        ends = np.cumsum(term_sizes)
        total = int(ends[-1]) if len(ends) else 0
        every = terms[np.arange(total) + np.repeat(starts[words] - (ends - term_sizes), term_sizes)]
        says = (term_sizes > 0) & ~np.array(self._is_sign, dtype=np.bool_)[words]  # `a -> b` is still a pair
        word_ends, head_ends = starts_of(sizes_of_all), starts_of(says)
        return Read(
            terms=every,
            term_starts=np.append(0, ends)[word_ends],
            heads=terms[starts[words[says]]],
            head_starts=head_ends[word_ends],
            lengths=np.diff(np.append(0, np.cumsum(np.array(self._counted, dtype=np.int64)[words]))[word_ends]),
            first=first,
        )

    def _learn(self, compounds: Sequence[str]) -> None:
        """Assign ids to new compounds."""
        new = [compound for compound in dict.fromkeys(compounds) if compound not in self]
        vocabulary = self.vocabulary
        for compound, terms in zip(new, terms_of_each(new), strict=True):
            others = [] if compound.isascii() else [FOLDED + stem(form) for term in terms for form in folded(term)]
            self._terms.extend([vocabulary.setdefault(term, len(vocabulary)) for term in [*terms, *others]])
            self._starts.append(len(self._terms))
            self._is_sign.append(compound in SIGNS)
            self._counted.append(sum(term not in SIGNS and not term.startswith("$") for term in terms))
            self[compound] = len(self)
