"""Construction of a cartridge's lexical index, block by block, so that a million chunks fit in memory.

Per-word work is done on arrays, and only numbers are sorted.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vrom.index.lexical.names import Definition, arrays_of, find_definitions
from vrom.index.lexical.spelling import speller_arrays
from vrom.index.lexical.term_ids import Counts, Read, Words
from vrom.index.lexical.vocabulary import vocabulary_arrays
from vrom.index.outline import Ids, Outline, starts_of
from vrom.storage.array_file import Arrays

K1 = 1.2
B = 0.6
BLOCK = 32_768
"""Number of chunks per block."""

_LOW = 0xFFFFFFFF


def lexical_arrays(texts: Iterable[str], outline: Outline) -> dict[str, NDArray[Any]]:
    """Arrays of a `LexicalIndex` over the text and the title path of every chunk."""
    words = Words()
    paths = words.read([" \n ".join(path) for path in outline.section_paths()])
    names: list[Definition] = []
    blocks = [_block(block, paths, outline.section_of) for block in _blocks(_noting_names(texts, names), words)]
    found = _Block.join(blocks)
    lengths = np.concatenate([block.lengths for block in blocks]) if blocks else np.zeros(0, dtype=np.int64)
    arrays, numbers = vocabulary_arrays(list(words.vocabulary))
    found = found.numbered(numbers)
    sections = _by_section(found, outline)
    section_lengths = np.bincount(outline.section_of, weights=lengths, minlength=outline.sections).astype(np.int64)
    path_lengths = paths.lengths
    return {
        **arrays,
        **_postings("chunk", found, lengths, path_lengths[outline.section_of], len(numbers)),
        **_postings("section", sections, section_lengths, path_lengths, len(numbers)),
        **_pairs([block.pairs for block in blocks], numbers),
        **speller_arrays(list(words.vocabulary), numbers),
        **arrays_of(names),
    }


def _noting_names(texts: Iterable[str], names: list[Definition]) -> Iterator[str]:
    """The texts; the names that each defines are appended to `names`."""
    for chunk_id, text in enumerate(texts):
        names += [Definition(name, chunk_id, place) for name, place in find_definitions(text)]
        yield text


def _blocks(texts: Iterable[str], words: Words) -> Iterator[Read]:
    rest, first = iter(texts), 0
    while block := list(islice(rest, BLOCK)):
        yield words.read(block, first)
        first += len(block)


@dataclass(frozen=True)
class _Block:
    """Occurrences: term, unit, and frequency in the unit's text and title path; ordered by unit or by term."""

    terms: Ids
    units: Ids
    in_text: Ids
    in_path: Ids
    lengths: Counts
    """Number of terms of every text."""
    pairs: tuple[Counts, Ids]
    """All (pair, chunk) occurrences, in order."""

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
        """Replace term ids by the vocabulary's numbers, ordered by term, then by unit."""
        if len(self.terms) == 0:
            return self
        runs = _Runs.of(self.terms)
        names = numbers[self.terms[runs.starts]]
        order = np.argsort(names, kind="stable")
        places = runs.places(order)
        terms = np.repeat(names[order], runs.sizes[order])
        return _Block(terms, self.units[places], self.in_text[places], self.in_path[places], self.lengths, self.pairs)


@dataclass(frozen=True)
class _Runs:
    """Runs of equal values in a non-empty array: far fewer than values, so faster to sort."""

    starts: Counts
    sizes: Counts

    @classmethod
    def of(cls, values: NDArray[Any]) -> "_Runs":
        starts = np.flatnonzero(np.append(True, values[1:] != values[:-1]))
        return cls(starts, np.diff(starts, append=len(values)))

    def places(self, order: Counts) -> Counts:
        """Indexes of the values when the runs are put in this order."""
        sizes = self.sizes[order]
        shifts = self.starts[order]
        shifts -= np.cumsum(sizes)
        shifts += sizes
        places = np.repeat(shifts, sizes)
        places += np.arange(len(places))
        return places


def _block(read: Read, paths: Read, section_of: Ids) -> _Block:
    count = len(read.term_starts) - 1
    sections = section_of[read.first : read.first + count]
    lengths = np.diff(read.term_starts)
    path_terms, path_owners = paths.expanded(sections, paths.terms, paths.term_starts)
    owners = np.concatenate([np.repeat(np.arange(count), lengths), path_owners])
    tagged = (np.concatenate([read.terms, path_terms]) * max(count, 1) + owners) << 1
    tagged[len(read.terms) :] |= 1  # low bit marks the title path; sorting then needs no second array
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
        lengths=read.lengths,
        pairs=_block_pairs([(read.heads, text_owners), (heads, head_owners)], read.first),
    )


def _block_pairs(fields: Sequence[tuple[Counts, Counts]], first: int) -> tuple[Counts, Ids]:
    parts: list[list[Counts]] = []
    for heads, of in fields:
        same = of[1:] == of[:-1]
        parts.append([heads[:-1][same], heads[1:][same], of[1:][same]])
    keys, owners = _each_once(*(np.concatenate(part) for part in zip(*parts, strict=True)))
    return keys, (owners + first).astype(np.int32)


def _each_once(one: Counts, other: Counts, owners: Counts) -> tuple[Counts, Counts]:
    """Every pair (`one << 32 | other`) once per owner, ordered by pair, then by owner."""
    of_term = int(max(one.max(initial=0), other.max(initial=0))).bit_length()
    of_owner = int(owners.max(initial=0)).bit_length()
    if 2 * of_term + of_owner > 63:
        order = np.lexsort((owners, other, one))
        keys, owners = (one << 32 | other)[order], owners[order]
        fresh = np.append(True, (keys[1:] != keys[:-1]) | (owners[1:] != owners[:-1]))
        return keys[fresh], owners[fresh]
    packed = (one << of_term | other) << of_owner | owners
    packed.sort()  # ten times as fast on plain numbers
    if len(packed):
        packed = packed[np.append(True, packed[1:] != packed[:-1])]
    pairs = packed >> of_owner
    return (pairs >> of_term) << 32 | pairs & ((1 << of_term) - 1), packed & ((1 << of_owner) - 1)


def _by_section(found: _Block, outline: Outline) -> _Block:
    """Group occurrences by section. All chunks of a section share one title path, which counts once."""
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
    """BM25 length normalisation: divisor of a term's frequency."""
    mean = float(lengths.mean()) if len(lengths) else 1.0
    return np.asarray(1 - B + B * lengths / max(mean, 1.0))


def _pairs(blocks: Sequence[tuple[Counts, Ids]], numbers: Ids) -> Arrays:
    key = np.concatenate([key for key, _ in blocks] or [np.zeros(0, dtype=np.int64)])
    owner = np.concatenate([owner for _, owner in blocks] or [np.zeros(0, dtype=np.int32)])
    wide = numbers.astype(np.int64)
    if len(key):
        key = (wide[key >> 32] << 32) | wide[key & _LOW]
    order = np.argsort(key, kind="stable")
    key, owner = key[order], owner[order]
    pairs, starts = np.unique(key, return_index=True)
    return {"pairs": pairs, "pair_starts": np.append(starts, len(key)).astype(np.int64), "pair_chunks": owner}
