"""BM25 over several fields (BM25F, Robertson & Zaragoza 2009) and pairs of neighbouring words, as numpy postings.

Terms are scored in a chunk and in its section, as a section's topic is spread over its chunks. A pair of neighbouring
words counts if it occurs at all, in the chunk or anywhere in its document: the ordered part of the sequential
dependence model (Metzler & Croft 2005).
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vrom.errors import PackageError
from vrom.index.array_cache import stored
from vrom.index.lexical.build import lexical_arrays
from vrom.index.lexical.joined_words import joins_words
from vrom.index.lexical.names import Names, names_fit
from vrom.index.lexical.spelling import Speller
from vrom.index.lexical.vocabulary import Vocabulary, vocabulary_fits
from vrom.index.outline import Ids, Outline
from vrom.storage.array_file import Arrays

Scores = NDArray[np.float32]
"""float32, (n,): one score per chunk."""

CHECKED_UP_TO = 1_000_000
"""Largest number of postings that are validated on opening, which takes half a millisecond."""
_REMEMBERED = 256
VERSION = 5
"""Version of the arrays on disk: increased whenever the tokenizer or the counts change."""


@dataclass(frozen=True)
class Postings:
    """Postings lists. Those of term t are `units[starts[t]:starts[t + 1]]`, ascending, each with a weight."""

    starts: NDArray[np.int64]
    units: Ids
    weights: Scores
    """Saturated term frequencies in [0, 1): BM25 multiplies them by the term's inverse document frequency."""
    count: int
    """Number of units."""
    is_checked: bool = False
    """True if all units were validated; otherwise they are validated when read."""

    def frequency(self, term: int) -> int:
        """Number of units that contain a term."""
        return max(int(self.starts[term + 1] - self.starts[term]), 0)

    def of(self, term: int) -> tuple[Ids, Scores]:
        """Units that contain the term, and its weight in each."""
        part = slice(max(int(self.starts[term]), 0), max(int(self.starts[term + 1]), 0))
        units, weights = self.units[part], self.weights[part]
        if not self.is_checked:
            check_ids(units, self.count)
        return units, weights

    def add(self, term: int, weight: float, scores: Scores) -> None:
        """Add `weight` × saturated frequency to the score of every unit that contains the term."""
        units, weights = self.of(term)
        scores[units] += weights * np.float32(weight)

    def total(self, terms: Sequence[tuple[int, float]]) -> Scores:
        """Score of every unit for these terms and their weights: float32, (count,)."""
        return sum_postings([(*self.of(term), weight) for term, weight in terms], self.count)

    def add_among(self, among: Ids, term: int, weight: float, scores: Scores) -> None:
        """Add to `scores` like `add`, only for the units in `among`, ascending; one score per unit of `among`."""
        part = slice(max(int(self.starts[term]), 0), max(int(self.starts[term + 1]), 0))
        units = self.units[part]
        at, held = places(units, among)
        scores[held] += self.weights[part][at[held]] * np.float32(weight)


def sum_postings(found: Sequence[tuple[Ids, Scores, float]], count: int) -> Scores:
    """Score of each of `count` units: of each term the units, their weights, and the term's weight in the query."""
    if not found:
        return np.zeros(count, dtype=np.float32)
    units = np.concatenate([units for units, _, _ in found])
    values = np.concatenate([held * weight for _, held, weight in found])
    return np.bincount(units, values, minlength=count).astype(np.float32)


def sum_pairs(found: Sequence[tuple[Ids, float]], outline: Outline) -> tuple[Scores, Scores]:
    """Summed weight of pairs in every chunk and document: of each pair the chunks, and its weight in the query."""
    chunks: Scores = np.zeros(len(outline.document_of), dtype=np.float32)
    documents: Scores = np.zeros(outline.documents, dtype=np.float32)
    for holders, weight in found:
        check_ids(holders, len(chunks))
        chunks[holders] += np.float32(weight)
        documents[outline.document_of[holders]] += np.float32(weight)  # once per document, not once per chunk
    return chunks, documents


def places(units: Ids, among: Ids) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Insertion position in `units`, ascending, of each id in `among`, and true if it is present."""
    at = np.searchsorted(units, among)
    if len(units) == 0:
        return at, np.zeros(len(among), dtype=np.bool_)
    np.minimum(at, len(units) - 1, out=at)
    return at, units[at] == among


def check_ids(ids: Ids, count: int) -> None:
    """Raise `PackageError` if an id from a file is out of range."""
    if len(ids) and (int(ids.max()) >= count or int(ids.min()) < 0):
        raise PackageError("A cartridge's index of words points at chunks that aren't there. `vrom check DIR`.")


@dataclass(frozen=True)
class LexicalIndex:
    """Terms of a cartridge by chunk and by section, and pairs of neighbouring words by chunk."""

    outline: Outline
    vocabulary: Vocabulary
    speller: Speller
    names: Names
    chunks: Postings
    sections: Postings
    pairs: NDArray[np.int64]
    """int64, (pairs,): `first << 32 | second` of every pair, ascending."""
    pair_starts: NDArray[np.int64]
    pair_chunks: Ids
    arrays: Arrays
    """What all of this is made of."""
    held: dict[tuple[str, str], Ids] = field(default_factory=dict)
    """Cached chunks of recent pairs: each query needs them twice."""

    @classmethod
    def open(cls, texts: Iterable[str], outline: Outline, cache: Path | None = None) -> "LexicalIndex":
        """Index the text and the title path of every chunk, or open the index stored in the folder `cache`."""
        file = cache / f"words-{VERSION}.bin" if cache else None
        arrays = stored(file, lambda: lexical_arrays(texts, outline), lambda found: words_fit(found, outline))
        return cls.of(arrays, outline)

    @classmethod
    def of(cls, arrays: Arrays, outline: Outline) -> "LexicalIndex":
        """Index from valid arrays."""
        vocabulary = Vocabulary(arrays)
        postings = {
            name: _postings(arrays, name, count)
            for name, count in (("chunk", len(outline.document_of)), ("section", outline.sections))
        }
        return cls(
            outline=outline,
            vocabulary=vocabulary,
            speller=Speller(arrays, vocabulary),
            names=Names(arrays, len(outline.document_of)),
            chunks=postings["chunk"],
            sections=postings["section"],
            pairs=arrays["pairs"],
            pair_starts=arrays["pair_starts"],
            pair_chunks=arrays["pair_chunks"],
            arrays=arrays,
        )

    def document_frequency(self, term: str) -> int:
        """Number of chunks that contain a term."""
        found = self.vocabulary.find(term)
        return 0 if found < 0 else self.chunks.frequency(found)

    @cached_property
    def joins_words(self) -> bool:
        """True if the text is in a language like German, which writes several words as one."""
        return joins_words(self.document_frequency, len(self.outline.document_of))

    def pair_frequency(self, pair: tuple[str, str]) -> int:
        """Number of chunks in which the second term directly follows the first."""
        return len(self.holders(pair))

    def holders(self, pair: tuple[str, str]) -> Ids:
        """Chunks in which the second term directly follows the first, ascending."""
        found = self.held.get(pair)
        if found is None:
            if len(self.held) >= _REMEMBERED:
                self.held.clear()
            found = self.held[pair] = self._holders(pair)
        return found

    def _holders(self, pair: tuple[str, str]) -> Ids:
        first, second = (self.vocabulary.find(term) for term in pair)
        if first < 0 or second < 0:
            return self.pair_chunks[:0]
        key = first << 32 | second
        pairs, starts = self.pairs.data, self.pair_starts.data  # plain integers: faster than numpy for a single lookup
        at = bisect_left(pairs, key)
        if at == len(pairs) or pairs[at] != key:
            return self.pair_chunks[:0]
        return self.pair_chunks[max(starts[at], 0) : max(starts[at + 1], 0)]

    def word_scores(self, weights: Mapping[str, float]) -> tuple[Scores, Scores]:
        """BM25 score of every chunk and section: (n,) and (sections,). `weights` are those of the query's terms."""
        terms = [(found, weight) for term, weight in weights.items() if (found := self.vocabulary.find(term)) >= 0]
        return self.chunks.total(terms), self.sections.total(terms)

    def pair_scores(self, weights: Mapping[tuple[str, str], float]) -> tuple[Scores, Scores]:
        """Summed weight of the query's pairs in every chunk and document: (n,) and (documents,)."""
        return sum_pairs([(self.holders(pair), weight) for pair, weight in weights.items()], self.outline)


def _postings(arrays: Arrays, name: str, count: int) -> Postings:
    """Postings of a field, validated now if there are few."""
    units = arrays[f"{name}_units"]
    if is_small := len(units) <= CHECKED_UP_TO:
        check_ids(units, count)
    return Postings(arrays[f"{name}_starts"], units, arrays[f"{name}_weights"], count, is_small)


_KINDS = {
    "chunk_starts": "<i8", "chunk_units": "<i4", "chunk_weights": "<f4", "section_starts": "<i8",
    "section_units": "<i4", "section_weights": "<f4", "pairs": "<i8", "pair_starts": "<i8", "pair_chunks": "<i4",
    "spelled": "<i4", "spelled_marks": "<u8", "spelled_starts": "<i8",
}  # fmt: skip


def words_fit(arrays: Arrays, outline: Outline) -> bool:
    """Return true if the arrays have valid types and consistent lengths; their values are checked on access."""
    if any(arrays[name].dtype.str != kind or arrays[name].ndim != 1 for name, kind in _KINDS.items()):
        return False
    terms = len(arrays["term_hashes"])
    return (
        vocabulary_fits(arrays)
        and names_fit(arrays)
        and all(
            len(arrays[starts]) == of + 1 and int(arrays[starts][-1]) == len(arrays[units])
            for starts, units, of in (
                ("chunk_starts", "chunk_units", terms),
                ("section_starts", "section_units", terms),
                ("pair_starts", "pair_chunks", len(arrays["pairs"])),
            )
        )
        and len(arrays["chunk_weights"]) == len(arrays["chunk_units"])
        and len(arrays["section_weights"]) == len(arrays["section_units"])
        and len(arrays["spelled"]) == len(arrays["spelled_marks"])
        and len(arrays["spelled_starts"]) == 27
        and int(outline.document_of.size) < 2**31
    )
