"""Fit of each of many cartridges to a query: by the words that it has, its name, and what its documents are about.

By words this is CORI, the inference network for selecting collections (Callan, Lu and Croft, SIGIR 1995): a cartridge
is a collection, and its chunks are the documents. By meaning it is the mean of the documents' centres that are nearest
to the query, above the similarity of unrelated chunks, so that cartridges of any model can be compared. Meaning is
compared only for the cartridges that fit best by words, which takes the same time for any number of cartridges.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vrom.format.models import EmbeddingSpec
from vrom.library.choice.profile import SCALE, Hashes, hashes_of
from vrom.library.choice.segment import Segment

Scores = NDArray[np.float32]
"""float32, (rows,)."""
Embed = Callable[[EmbeddingSpec], "NDArray[np.float32] | None"]
"""The query as a model embeds it, float32, (dim,), of unit length; None if the model can't be used."""

COMPARED = 128
"""Largest number of cartridges whose documents are compared with the query."""
NEAREST = 3
"""Documents of a cartridge that count."""
MOST_MODELS = 3
"""Models that a query is embedded with, those of most cartridges first: each costs some milliseconds."""
_RARE, _LONG = 10, 1 / 2500
"""A term counts half if so many chunks hold it, and so many more for each word of the cartridge: about 3 in 200. CORI's
own constants, 50 and 150 in an average cartridge, ask for more than a few pages about the matter have."""
_MEANING = 0.4
"""Weight of meaning, that of words being 1."""
_NAMED = 0.3
"""Weight of a name that the query contains, if no other cartridge has the words of it."""


@dataclass(frozen=True)
class Rows:
    """Rows of several segments, numbered one after another."""

    segments: Sequence[Segment]
    among: NDArray[np.bool_]
    """Rows that a query is about: bool, (rows,). All others count for nothing, not even for how rare a term is."""

    def parts(self) -> Iterator[tuple[int, Segment]]:
        """Each segment, with the number of its first row."""
        start = 0
        for segment in self.segments:
            yield start, segment
            start += len(segment)

    def column(self, name: str) -> NDArray[np.float64]:
        """A column of all segments."""
        return np.concatenate([one.columns[name] for one in self.segments]).astype(np.float64)

    def find(self, hashed: Hashes, which: str) -> list[tuple[NDArray[np.int64], Scores]]:
        """Rows of each term among those that the query is about, and its frequency in each."""
        found: list[list[tuple[NDArray[np.int64], Scores]]] = [[] for _ in hashed]
        for start, segment in self.parts():
            for held, (rows, frequencies) in zip(found, segment.postings[which].find(hashed), strict=True):
                is_there = rows < len(segment)  # of a file that isn't damaged, all are
                held.append((rows[is_there].astype(np.int64) + start, frequencies[is_there]))
        return [self._those(some) for some in found]

    def _those(self, found: Sequence[tuple[NDArray[np.int64], Scores]]) -> tuple[NDArray[np.int64], Scores]:
        if not found:
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32)
        rows = np.concatenate([rows for rows, _ in found])
        is_meant = self.among[rows]
        return rows[is_meant], np.concatenate([frequencies for _, frequencies in found])[is_meant]


def by_words(spec: object) -> None:
    """No embedding: mounts are chosen by words alone."""


def fit(rows: Rows, terms: Sequence[str], embed: Embed) -> Scores:
    """Fit of each row to a query of these terms; 0 for one that has nothing in common with it."""
    hashed = hashes_of(terms)
    found = rows.find(hashed, "terms")
    rarity = _rarity([len(some) for some, _ in found], int(rows.among.sum()))
    scores = _by_words(rows, found, rarity)
    scores /= scores.max(initial=0) or 1
    compared = _best(scores, rows.among)
    meaning = np.maximum(_by_meaning(rows, compared, embed), 0)
    scores[compared] += _MEANING * meaning / (meaning.max(initial=0) or 1)
    unused = np.array([not len(some) for some, _ in found], dtype=np.bool_)
    return scores + _NAMED * _by_name(rows, hashed, np.where(unused, 1, rarity))


def fit_described(rows: Rows, terms: Sequence[str]) -> Scores:
    """Fit of each row's description to a query of these terms."""
    hashed = hashes_of(terms)
    found = rows.find(hashed, "about")
    rarity = _rarity([len(some) for some, _ in found], int(rows.among.sum()))
    scores = np.zeros(len(rows.among), dtype=np.float32)
    for (some, _), weight in zip(found, rarity.tolist(), strict=True):
        scores[some] += np.float32(weight)
    return scores + _by_name(rows, hashed, np.ones(len(hashed)))


def _rarity(holders: Sequence[int], count: int) -> NDArray[np.float64]:
    """Inverse cartridge frequency of each term: 1 if one has it, 0 if all or none have."""
    held = np.array(holders, dtype=np.float64)
    return np.where(held > 0, np.log((count + 0.5) / np.maximum(held, 1)) / np.log(count + 1), 0)


def _by_words(rows: Rows, found: Sequence[tuple[NDArray[np.int64], Scores]], rarity: NDArray[np.float64]) -> Scores:
    needed = (_RARE + _LONG * rows.column("words")).astype(np.float32)
    scores = np.zeros(len(needed), dtype=np.float32)
    for (some, frequencies), weight in zip(found, rarity.tolist(), strict=True):
        scores[some] += np.float32(weight) * frequencies / (frequencies + needed[some])
    return scores


def _by_name(rows: Rows, hashed: Hashes, rarity: NDArray[np.float64]) -> Scores:
    """Rarity of the rarest term of the name, if the query has them all, else 0."""
    matched = np.zeros(len(rows.among), dtype=np.int64)
    rarest = np.zeros(len(rows.among), dtype=np.float32)
    for (some, _), weight in zip(rows.find(hashed, "names"), rarity.tolist(), strict=True):
        matched[some] += 1
        rarest[some] = np.maximum(rarest[some], np.float32(weight))
    return np.where(matched == rows.column("name_sizes"), rarest, np.float32(0))


def _best(scores: Scores, among: NDArray[np.bool_]) -> NDArray[np.int64]:
    """The `COMPARED` rows with the best scores, ascending."""
    rows = np.flatnonzero(among)
    if len(rows) > COMPARED:
        rows = np.sort(rows[np.argpartition(scores[rows], len(rows) - COMPARED)[len(rows) - COMPARED :]])
    return rows


def _by_meaning(rows: Rows, compared: NDArray[np.int64], embed: Embed) -> Scores:
    """Mean similarity of the nearest documents of each of these rows, above chance: float32, (compared,)."""
    found = np.zeros(len(compared), dtype=np.float32)
    vectors = {spec: embed(spec) for spec in _models(rows)}
    for start, segment in rows.parts():
        first, end = np.searchsorted(compared, (start, start + len(segment)))
        here = compared[first:end] - start
        for spec, centres in segment.centres.items():
            vector = vectors.get(spec)
            if vector is not None and len(vector) == centres.directions.shape[1] and len(here):
                some = centres.of_rows(here)
                similarity = np.vecdot(some.directions.astype(np.float32), vector) / np.float32(SCALE)
                chance = segment.columns["chance"][some.rows]
                each, nearest = _mean_of_nearest(some.rows, (similarity - chance) / (1 - chance))
                found[first + np.searchsorted(here, each)] = nearest
    return found


def _models(rows: Rows) -> list[EmbeddingSpec]:
    """Models of most centres."""
    counts: Counter[EmbeddingSpec] = Counter()
    for segment in rows.segments:
        counts.update({spec: len(centres.rows) for spec, centres in segment.centres.items()})
    return [spec for spec, _ in counts.most_common(MOST_MODELS)]


def _mean_of_nearest(owners: NDArray[np.int32], similarity: Scores) -> tuple[NDArray[np.int32], Scores]:
    """Owners, each once, and the mean of the highest `NEAREST` similarities of each."""
    if not len(owners):
        return owners, similarity
    order = np.lexsort((-similarity, owners))
    owners, similarity = owners[order], similarity[order]
    starts = np.flatnonzero(np.append(True, owners[1:] != owners[:-1]))
    sizes = np.diff(np.append(starts, len(owners)))
    is_near = np.arange(len(owners)) - np.repeat(starts, sizes) < NEAREST
    sums = np.add.reduceat(similarity * is_near, starts)
    return owners[starts], (sums / np.minimum(sizes, NEAREST)).astype(np.float32)
