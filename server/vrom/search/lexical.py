"""BM25 over several fields (BM25F, Robertson & Zaragoza 2009) and pairs of neighbouring words, as numpy postings.

Words are weighed in a chunk and in its whole section, for a section says in several chunks what it is about. A pair of
neighbouring words counts where it occurs at all, in the chunk or anywhere on its page: the ordered part of the
sequential dependence model (Metzler & Croft 2005).
"""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vrom.search.outline import Ids, Outline
from vrom.search.stored import Arrays, stored
from vrom.search.tokens import compounds, terms_of

Scores = NDArray[np.float32]
"""float32, (n,): one score a chunk."""

K1 = 1.2
B = 0.6
VERSION = 1
"""Of what is kept on disk: raised whenever words are cut or counted in another way."""


@dataclass(frozen=True)
class Postings:
    """Where each term occurs. Those of term t are `units[starts[t]:starts[t + 1]]`, with `weights` beside them."""

    starts: NDArray[np.int64]
    units: Ids
    weights: Scores
    """Saturated term frequencies in [0, 1): what BM25 multiplies with a term's inverse document frequency."""

    def add(self, term: int, weight: float, scores: Scores) -> None:
        """Add `weight` × saturated frequency to the score of every unit that holds the term."""
        part = slice(self.starts[term], self.starts[term + 1])
        scores[self.units[part]] += self.weights[part] * np.float32(weight)


@dataclass(frozen=True)
class LexicalIndex:
    """The words of a cartridge by chunk and by section, and its pairs of neighbouring words by chunk."""

    outline: Outline
    vocabulary: Mapping[str, int]
    chunks: Postings
    sections: Postings
    pairs: NDArray[np.int64]
    """`first << 32 | second` of every pair, in order."""
    pair_starts: NDArray[np.int64]
    pair_chunks: Ids

    @classmethod
    def open(cls, texts: Sequence[str], outline: Outline, cache: Path | None = None) -> "LexicalIndex":
        """Index the text and the title path of every chunk, or open the index kept in the folder `cache`."""
        folder = cache / f"lexical-{VERSION}" if cache else None
        arrays = stored(folder, lambda: _build(texts, outline), lambda found: _fits(found, outline))
        terms = bytes(arrays["vocabulary"]).decode("utf-8", "surrogatepass").split("\n")
        return cls(
            outline=outline,
            vocabulary={term: i for i, term in enumerate(terms) if term},
            chunks=Postings(arrays["chunk_starts"], arrays["chunk_units"], arrays["chunk_weights"]),
            sections=Postings(arrays["section_starts"], arrays["section_units"], arrays["section_weights"]),
            pairs=arrays["pairs"],
            pair_starts=arrays["pair_starts"],
            pair_chunks=arrays["pair_chunks"],
        )

    def document_frequency(self, term: str) -> int:
        """How many chunks hold a term."""
        found = self.vocabulary.get(term)
        return 0 if found is None else int(self.chunks.starts[found + 1] - self.chunks.starts[found])

    def holders(self, pair: tuple[str, str]) -> Ids:
        """The chunks in which the second term stands right after the first."""
        first, second = (self.vocabulary.get(term, -1) for term in pair)
        if first < 0 or second < 0:
            return self.pair_chunks[:0]
        key = first << 32 | second
        at = int(np.searchsorted(self.pairs, key))
        if at == len(self.pairs) or self.pairs[at] != key:
            return self.pair_chunks[:0]
        return self.pair_chunks[self.pair_starts[at] : self.pair_starts[at + 1]]

    def word_scores(self, weights: Mapping[str, float]) -> tuple[Scores, Scores]:
        """BM25 of every chunk, and of every section: (n,) and (sections,). `weights` are those of the query's terms."""
        chunks: Scores = np.zeros(len(self.outline.page_of), dtype=np.float32)
        sections: Scores = np.zeros(self.outline.sections, dtype=np.float32)
        for term, weight in weights.items():
            found = self.vocabulary.get(term)
            if found is not None:
                self.chunks.add(found, weight, chunks)
                self.sections.add(found, weight, sections)
        return chunks, sections

    def pair_scores(self, weights: Mapping[tuple[str, str], float]) -> tuple[Scores, Scores]:
        """The weight of the query's pairs in every chunk, and on every page: (n,) and (pages,)."""
        chunks: Scores = np.zeros(len(self.outline.page_of), dtype=np.float32)
        pages: Scores = np.zeros(self.outline.pages, dtype=np.float32)
        for pair, weight in weights.items():
            holders = self.holders(pair)
            chunks[holders] += np.float32(weight)
            pages[np.unique(self.outline.page_of[holders])] += np.float32(weight)
        return chunks, pages


def _build(texts: Sequence[str], outline: Outline) -> Arrays:
    vocabulary: dict[str, int] = {}
    text = _Words.read(texts, vocabulary)
    path = _Words.read([" \n ".join(path) for path in outline.paths], vocabulary)
    everything = np.arange(len(texts), dtype=np.int32)
    chunks = _postings(text, path, everything, len(texts), len(vocabulary))
    sections = _postings(text, path, outline.section_of, outline.sections, len(vocabulary))
    pairs, pair_starts, pair_chunks = _pairs([text, path])
    return {
        "vocabulary": np.frombuffer("\n".join(vocabulary).encode("utf-8", "surrogatepass"), dtype=np.uint8),
        "chunk_starts": chunks.starts,
        "chunk_units": chunks.units,
        "chunk_weights": chunks.weights,
        "section_starts": sections.starts,
        "section_units": sections.units,
        "section_weights": sections.weights,
        "pairs": pairs,
        "pair_starts": pair_starts,
        "pair_chunks": pair_chunks,
    }


def _fits(arrays: Arrays, outline: Outline) -> bool:
    """Whether every array is as long as the others say, and points at nothing that isn't there."""
    terms = int(np.count_nonzero(arrays["vocabulary"] == ord("\n"))) + bool(len(arrays["vocabulary"]))
    return all(
        len(arrays[starts]) == of + 1
        and int(arrays[starts][-1]) == len(arrays[units])
        and int(arrays[units].max(initial=-1)) < count
        for starts, units, of, count in (
            ("chunk_starts", "chunk_units", terms, len(outline.page_of)),
            ("section_starts", "section_units", terms, outline.sections),
            ("pair_starts", "pair_chunks", len(arrays["pairs"]), len(outline.page_of)),
        )
    )


@dataclass(frozen=True)
class _Words:
    """A field: the terms of every text one after the other, and the first term of every word."""

    terms: NDArray[np.int64]
    owners: Ids
    heads: NDArray[np.int64]
    head_owners: Ids

    @classmethod
    def read(cls, texts: Sequence[str], vocabulary: dict[str, int]) -> "_Words":
        known: dict[str, list[int]] = {}
        terms: list[int] = []
        heads: list[int] = []
        term_ends: list[int] = []
        head_ends: list[int] = []
        for text in texts:
            for compound in compounds(text):
                ids = known.get(compound)
                if ids is None:
                    ids = [vocabulary.setdefault(term, len(vocabulary)) for term in terms_of(compound)]
                    known[compound] = ids
                if ids:
                    heads.append(ids[0])
                    terms += ids
            term_ends.append(len(terms))
            head_ends.append(len(heads))
        return cls(
            np.array(terms, dtype=np.int64), _owners(term_ends), np.array(heads, dtype=np.int64), _owners(head_ends)
        )


def _owners(ends: Sequence[int]) -> Ids:
    sizes = [end - start for start, end in itertools.pairwise([0, *ends])]
    return np.repeat(np.arange(len(ends), dtype=np.int32), sizes)


def _pairs(fields: Sequence[_Words]) -> tuple[NDArray[np.int64], NDArray[np.int64], Ids]:
    keys, owners = [], []
    for field in fields:
        same = field.head_owners[1:] == field.head_owners[:-1]
        keys.append((field.heads[:-1][same] << 32) | field.heads[1:][same])
        owners.append(field.head_owners[1:][same])
    key, owner = np.concatenate(keys), np.concatenate(owners)
    order = np.lexsort((owner, key))
    key, owner = key[order], owner[order]
    fresh = np.ones(len(key), dtype=np.bool_)
    fresh[1:] = (key[1:] != key[:-1]) | (owner[1:] != owner[:-1])
    key, owner = key[fresh], owner[fresh]
    pairs, starts = np.unique(key, return_index=True)
    return pairs, np.append(starts, len(key)).astype(np.int64), owner


def _postings(text: _Words, path: _Words, unit_of: Ids, units: int, terms: int) -> Postings:
    """Postings by unit (chunk or section). All chunks of a section have one path, which is read from the first."""
    first = np.zeros(len(unit_of), dtype=np.bool_)
    first[np.unique(unit_of, return_index=True)[1]] = True
    said_once = first[path.owners]
    text_keys, text_counts = _frequencies(text.terms, unit_of[text.owners], units)
    path_keys, path_counts = _frequencies(path.terms[said_once], unit_of[path.owners[said_once]], units)
    keys, where = np.unique(np.concatenate([text_keys, path_keys]), return_inverse=True)
    counts = np.concatenate([text_counts, path_counts])
    frequency = np.bincount(where, weights=counts, minlength=len(keys))
    starts = np.zeros(terms + 1, dtype=np.int64)
    np.cumsum(np.bincount(keys // max(units, 1), minlength=terms), out=starts[1:])
    weights = (frequency / (frequency + K1)).astype(np.float32)
    return Postings(starts, (keys % max(units, 1)).astype(np.int32), weights)


def _frequencies(terms: NDArray[np.int64], owners: Ids, units: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """`term * units + unit` keys in order, and term frequencies normalised by the length of the field."""
    units = max(units, 1)
    keys, frequency = np.unique(terms * units + owners, return_counts=True)
    lengths = np.bincount(owners, minlength=units)
    norm = 1 - B + B * lengths / max(lengths.mean(), 1.0)
    return keys, frequency / norm[keys % units]
