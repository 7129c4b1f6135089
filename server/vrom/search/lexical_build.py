"""Making a cartridge's index of words, block by block, so that a million chunks fit into memory.

The work that is done for every word is regular expressions, one look-up, and arrays; only a word that is new is taken
apart.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vrom.package.arrays import Arrays
from vrom.search.cutting import cut
from vrom.search.outline import Ids, Outline, starts_of
from vrom.search.spelling import speller_arrays
from vrom.search.tokens import terms_of_each
from vrom.search.vocabulary import vocabulary_arrays

K1 = 1.2
B = 0.6
BLOCK = 32_768
"""Chunks that are read before what they say is put in order."""

Counts = NDArray[np.int64]

_LOW = 0xFFFFFFFF


def lexical_arrays(texts: Iterable[str], outline: Outline) -> dict[str, NDArray[Any]]:
    """The arrays of a `LexicalIndex` over the text and the title path of every chunk."""
    words = _Words()
    paths = words.read([" \n ".join(path) for path in outline.section_paths()])
    blocks = [_block(block, paths, outline.section_of) for block in _blocks(texts, words)]
    found = _Block.join(blocks)
    lengths = np.concatenate([block.lengths for block in blocks]) if blocks else np.zeros(0, dtype=np.int64)
    arrays, numbers = vocabulary_arrays(list(words.vocabulary))
    found = found.numbered(numbers)
    sections = _by_section(found, outline)
    section_lengths = np.bincount(outline.section_of, weights=lengths, minlength=outline.sections).astype(np.int64)
    path_lengths = np.diff(paths.term_starts)
    return {
        **arrays,
        **_postings("chunk", found, lengths, path_lengths[outline.section_of], len(numbers)),
        **_postings("section", sections, section_lengths, path_lengths, len(numbers)),
        **_pairs([block.pairs for block in blocks], numbers),
        **speller_arrays(list(words.vocabulary), numbers),
    }


@dataclass(frozen=True)
class _Read:
    """The words of several texts: the terms of each one after the other, and the first terms of its words."""

    terms: Counts
    term_starts: Counts
    heads: Counts
    head_starts: Counts
    first: int = 0
    """Number of the first text."""

    def expanded(self, owners: Ids, values: Counts, starts: Counts) -> tuple[Counts, Counts]:
        """For every one of `owners` (texts), all of its `values`: those, and which of the owners each belongs to."""
        sizes = starts[owners + 1] - starts[owners]
        ends = np.cumsum(sizes)
        places = np.arange(int(ends[-1]) if len(ends) else 0) + np.repeat(starts[owners] - (ends - sizes), sizes)
        return values[places], np.repeat(np.arange(len(owners)), sizes)


class _Words(dict[str, int]):
    """A number for every compound met so far, and the terms that each gives."""

    def __init__(self) -> None:
        super().__init__()
        self.vocabulary: dict[str, int] = {}
        self._terms: list[int] = []
        self._starts: list[int] = [0]

    def read(self, texts: Sequence[str], first: int = 0) -> _Read:
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
        says = term_sizes > 0
        word_ends, head_ends = starts_of(sizes_of_all), starts_of(says)
        return _Read(
            terms=every,
            term_starts=np.append(0, ends)[word_ends],
            heads=terms[starts[words[says]]],
            head_starts=head_ends[word_ends],
            first=first,
        )

    def _learn(self, compounds: Sequence[str]) -> None:
        """Number those that are new."""
        new = [compound for compound in dict.fromkeys(compounds) if compound not in self]
        vocabulary = self.vocabulary
        for compound, terms in zip(new, terms_of_each(new), strict=True):
            self._terms.extend([vocabulary.setdefault(term, len(vocabulary)) for term in terms])
            self._starts.append(len(self._terms))
            self[compound] = len(self)


def _blocks(texts: Iterable[str], words: _Words) -> Iterator[_Read]:
    rest, first = iter(texts), 0
    while block := list(islice(rest, BLOCK)):
        yield words.read(block, first)
        first += len(block)


@dataclass(frozen=True)
class _Block:
    """In which unit each term occurs, and how often in its text and in its path; ordered by unit or by term."""

    terms: Ids
    units: Ids
    in_text: Ids
    in_path: Ids
    lengths: Counts
    """Terms of every text."""
    pairs: tuple[Counts, Ids]
    """Every pair with every chunk that holds it, in order."""

    @classmethod
    def join(cls, blocks: Sequence["_Block"]) -> "_Block":
        none = np.zeros(0, dtype=np.int32)
        parts = [
            np.concatenate([getattr(block, name) for block in blocks] or [none])
            for name in ("terms", "units", "in_text", "in_path")
        ]
        terms, units, in_text, in_path = parts
        return cls(terms, units, in_text, in_path, np.zeros(0, dtype=np.int64), (np.zeros(0, dtype=np.int64), none))

    def numbered(self, numbers: Ids) -> "_Block":
        """With the vocabulary's numbers for terms, ordered by term, then by unit."""
        if len(self.terms) == 0:
            return self
        runs = _Runs.of(self.terms)
        order, terms = runs.in_order(numbers[self.terms[runs.starts]])
        parts = (terms, self.units[order], self.in_text[order], self.in_path[order])
        return _Block(*parts, self.lengths, self.pairs)


@dataclass(frozen=True)
class _Runs:
    """Where equal values stand together in an array that isn't empty."""

    starts: Counts
    sizes: Counts

    @classmethod
    def of(cls, values: NDArray[Any]) -> "_Runs":
        starts = np.flatnonzero(np.append(True, values[1:] != values[:-1]))
        return cls(starts, np.diff(starts, append=len(values)))

    def in_order(self, names: NDArray[Any]) -> tuple[Counts, NDArray[Any]]:
        """The order in which the runs stand by their new names, those of one name as before; and the names in it.

        There are far fewer runs than values, so this is far less to sort.
        """
        order = np.argsort(names, kind="stable")
        sizes = self.sizes[order]
        ends = np.cumsum(sizes)
        places = np.arange(int(ends[-1])) + np.repeat(self.starts[order] - (ends - sizes), sizes)
        return places, np.repeat(names[order], sizes)


def _block(read: _Read, paths: _Read, section_of: Ids) -> _Block:
    count = len(read.term_starts) - 1
    sections = section_of[read.first : read.first + count]
    lengths = np.diff(read.term_starts)
    path_terms, path_owners = paths.expanded(sections, paths.terms, paths.term_starts)
    owners = np.concatenate([np.repeat(np.arange(count), lengths), path_owners])
    tagged = (np.concatenate([read.terms, path_terms]) * max(count, 1) + owners) << 1
    tagged[len(read.terms) :] |= 1  # those of the path; so numbers alone are sorted, and nothing beside them
    tagged.sort()
    starts = np.flatnonzero(np.append(True, (tagged[1:] ^ tagged[:-1]) > 1)) if len(tagged) else np.zeros(0, np.int64)
    keys = tagged[starts] >> 1
    in_path = np.add.reduceat(tagged & 1, starts) if len(tagged) else starts
    in_text = np.diff(starts, append=len(tagged)) - in_path
    heads, head_owners = paths.expanded(sections, paths.heads, paths.head_starts)
    text_owners = np.repeat(np.arange(count), np.diff(read.head_starts))
    return _Block(
        terms=(keys // max(count, 1)).astype(np.int32),
        units=(keys % max(count, 1) + read.first).astype(np.int32),
        in_text=in_text.astype(np.int32),
        in_path=in_path.astype(np.int32),
        lengths=lengths,
        pairs=_block_pairs([(read.heads, text_owners), (heads, head_owners)], read.first),
    )


def _block_pairs(fields: Sequence[tuple[Counts, Counts]], first: int) -> tuple[Counts, Ids]:
    keys, owners = [], []
    for heads, of in fields:
        same = of[1:] == of[:-1]
        keys.append((heads[:-1][same] << 32) | heads[1:][same])
        owners.append(of[1:][same])
    key, owner = _in_order(np.concatenate(keys), np.concatenate(owners))
    fresh = np.ones(len(key), dtype=np.bool_)
    fresh[1:] = (key[1:] != key[:-1]) | (owner[1:] != owner[:-1])
    return key[fresh], (owner[fresh] + first).astype(np.int32)


def _in_order(keys: Counts, owners: Counts) -> tuple[Counts, Counts]:
    """Both in the order of the keys, which are two numbers of 32 bits, and then of the owners."""
    if len(keys) == 0:
        return keys, owners
    of_term, of_owner = int((keys & _LOW).max() | keys.max() >> 32).bit_length(), int(owners.max()).bit_length()
    if 2 * of_term + of_owner > 63:
        order = np.lexsort((owners, keys))
        return keys[order], owners[order]
    packed = ((keys >> 32) << of_term | keys & _LOW) << of_owner | owners
    packed.sort()  # numbers alone: ten times as fast
    keys = packed >> of_owner
    return (keys >> of_term) << 32 | keys & ((1 << of_term) - 1), packed & ((1 << of_owner) - 1)


def _by_section(found: _Block, outline: Outline) -> _Block:
    """The same by section. All chunks of a section have one path, which counts once."""
    keys = found.terms.astype(np.int64) * max(outline.sections, 1) + outline.section_of[found.units]
    order = np.argsort(keys, kind="stable")
    keys = keys[order]
    fresh = np.flatnonzero(np.diff(keys, prepend=-1))
    if len(fresh) == 0:
        return found
    return _Block(
        terms=(keys[fresh] // max(outline.sections, 1)).astype(np.int32),
        units=(keys[fresh] % max(outline.sections, 1)).astype(np.int32),
        in_text=np.add.reduceat(found.in_text[order], fresh, dtype=np.int32),
        in_path=np.maximum.reduceat(found.in_path[order], fresh),
        lengths=found.lengths,
        pairs=found.pairs,
    )


def _postings(name: str, found: _Block, lengths: Counts, path_lengths: Counts, terms: int) -> dict[str, NDArray[Any]]:
    frequency = found.in_text / _norm(lengths)[found.units] + found.in_path / _norm(path_lengths)[found.units]
    return {
        f"{name}_starts": starts_of(np.bincount(found.terms, minlength=terms)),
        f"{name}_units": found.units,
        f"{name}_weights": (frequency / (frequency + K1)).astype(np.float32),
    }


def _norm(lengths: Counts) -> NDArray[np.float64]:
    """What the frequency of a term is divided by, so that long texts have no advantage."""
    mean = float(lengths.mean()) if len(lengths) else 1.0
    return np.asarray(1 - B + B * lengths / max(mean, 1.0))


def _pairs(blocks: Sequence[tuple[Counts, Ids]], numbers: Ids) -> Arrays:
    key = np.concatenate([key for key, _ in blocks] or [np.zeros(0, dtype=np.int64)])
    owner = np.concatenate([owner for _, owner in blocks] or [np.zeros(0, dtype=np.int32)])
    if len(key) == 0:
        return {"pairs": key, "pair_starts": np.zeros(1, dtype=np.int64), "pair_chunks": owner}
    wide = numbers.astype(np.int64)
    runs = _Runs.of(key)
    key = key[runs.starts]
    order, key = runs.in_order((wide[key >> 32] << 32) | wide[key & _LOW])
    runs = _Runs.of(key)
    return {
        "pairs": key[runs.starts],
        "pair_starts": np.append(runs.starts, len(key)).astype(np.int64),
        "pair_chunks": owner[order],
    }
