"""The profiles of all cartridges that were ever opened, and the choice among those that are mounted.

Profiles are kept as segments, in memory and in files of the cache, which are mapped when a server starts: a cartridge
need be opened once only. Small segments are joined as more come, as in a log-structured merge tree, so that keeping
them up to date costs the same for each cartridge, however many there are. Any number of processes may write the same
folder: a segment says what it is about, and a row is found by the state of its package.
"""

import hashlib
import logging
import threading
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vrom.library.choice.fit import Embed, Rows, by_words, fit, fit_described
from vrom.library.choice.profile import Profile, describe
from vrom.library.choice.segment import VERSION, Segment
from vrom.library.mount import Mount
from vrom.search.query import FUNCTION_TERMS, read_query

_log = logging.getLogger(__name__)

_SUFFIX = f"-{VERSION}.bin"
LARGEST = 1024
"""Rows of a segment up to which it is joined with others."""
MOST_TERMS = 200
"""Terms of a query that are looked up."""
VIEWS = 8
"""Lists of mounts that are remembered: callers may see different ones."""


@dataclass(frozen=True)
class _Known:
    """Segments of all cartridges that were ever opened."""

    segments: tuple[Segment, ...] = ()

    @cached_property
    def row_of(self) -> Mapping[int, int]:
        """Row of each key; of several, the first."""
        every = [key for segment in self.segments for key in segment.keys.tolist()]
        return {key: row for row, key in reversed(list(enumerate(every)))}


@dataclass(frozen=True)
class _View:
    """Mounts and their profiles."""

    mounts: Sequence[Mount]
    known: _Known
    opened: NDArray[np.int64]
    """Numbers of the mounts that have been opened before: int64, (opened,)."""
    rows: NDArray[np.int64]
    """The row of each of these."""
    unopened: NDArray[np.int64]
    """Numbers of the other mounts."""
    described: Segment
    """Descriptions of these, and maybe of mounts that have been opened since."""
    numbers: NDArray[np.int64]
    """The number of the mount that each description is about, ascending."""

    @classmethod
    def of(cls, mounts: Sequence[Mount], known: _Known, before: "_View | None") -> "_View":
        """Look the mounts up; `before` is what the same were looked up in before."""
        row_of = known.row_of
        rows = np.array([row_of.get(mount.key, -1) for mount in mounts], dtype=np.int64)
        opened, unopened = np.flatnonzero(rows >= 0), np.flatnonzero(rows < 0)
        if before is not None and np.isin(unopened, before.numbers).all():
            return cls(mounts, known, opened, rows[opened], unopened, before.described, before.numbers)
        described = Segment.of({at: describe(mounts[at].id, mounts[at].terms) for at in unopened.tolist()})
        return cls(mounts, known, opened, rows[opened], unopened, described, unopened)


class Choice:
    """Choice among cartridges by their profiles. `folder` is where these are kept; None for in memory only."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._known = _Known()
        self._views: list[_View] = []
        self._lock, self._adding = threading.Lock(), threading.Lock()
        self._is_read = False

    def select(self, mounts: Sequence[Mount], query: str, count: int, embed: Embed = by_words) -> list[Mount]:
        """Select the `count` mounts whose contents fit the query best, in their order.

        Of mounts that were never opened, as many at most are added by their descriptions.
        """
        view, terms = self._view(mounts), _terms(query)
        chosen = [*self._ranked(view, terms, count, embed).tolist(), *_described(view, terms, count).tolist()]
        return [mounts[at] for at in sorted(chosen)]

    def rank(self, mounts: Sequence[Mount], query: str, count: int, embed: Embed = by_words) -> list[Mount]:
        """Rank the mounts that were opened before by how well their contents fit the query; the best `count`."""
        return [mounts[at] for at in self._ranked(self._view(mounts), _terms(query), count, embed)]

    def _ranked(self, view: _View, terms: Sequence[str], count: int, embed: Embed) -> NDArray[np.int64]:
        if not len(view.rows):
            return view.rows
        segments = view.known.segments
        among = np.zeros(sum(map(len, segments)), dtype=np.bool_)
        among[view.rows] = True
        scores = fit(Rows(segments, among), terms, embed)[view.rows]
        return _first(view.opened, scores, view.mounts, count)

    @property
    def segments(self) -> Sequence[Segment]:
        """Profiles of all cartridges that were ever opened."""
        with self._lock:
            return self._read().segments

    def unopened(self, mounts: Sequence[Mount]) -> list[Mount]:
        """Mounts whose contents aren't known."""
        return [mounts[at] for at in self._view(mounts).unopened]

    def add(self, profiles: Mapping[int, Profile], mounted: Collection[int]) -> None:
        """Add profiles by the keys of their mounts. Of the others, those that aren't `mounted` may be forgotten."""
        if not profiles:
            return
        with self._adding:  # joining and writing take up to a second: those who choose don't wait for it
            before = self.segments
            segments = [*before, Segment.of(profiles)]
            while len(segments) > 1 and len(segments[-2]) <= 2 * len(segments[-1]):
                if len(segments[-2]) + len(segments[-1]) > LARGEST:
                    break
                segments[-2:] = [_joined(segments[-2:], mounted)]
            known = _Known(tuple(self._stored(segments)))
            with self._lock:
                self._known = known
            _remove({one.file for one in before} - {one.file for one in known.segments})

    def _view(self, mounts: Sequence[Mount]) -> _View:
        with self._lock:
            known = self._read()
            before = next((view for view in self._views if view.mounts is mounts), None)
        if before is not None and before.known is known:
            return before
        found = _View.of(mounts, known, before)
        with self._lock:
            self._views = [found, *(view for view in self._views if view.mounts is not mounts)][:VIEWS]
        return found

    def _read(self) -> _Known:
        """Everything that is known; at first what earlier processes stored."""
        if not self._is_read and self._folder is not None:
            with suppress(OSError):
                files = sorted(self._folder.glob(f"*{_SUFFIX}"), key=lambda file: -file.stat().st_size)
                self._known = _Known(tuple(segment for file in files if (segment := Segment.open(file))))
        self._is_read = True
        return self._known

    def _stored(self, segments: Sequence[Segment]) -> list[Segment]:
        """The segments, mapped from files unless these can't be written."""
        return [segment if segment.file else self._store(segment) for segment in segments]

    def _store(self, segment: Segment) -> Segment:
        if self._folder is None:
            return segment
        file = self._folder / f"{hashlib.sha256(segment.keys.tobytes()).hexdigest()[:32]}{_SUFFIX}"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            segment.save(file)
        except OSError as error:
            _log.debug("%s can't be written: %s", file, error)
            return segment
        return Segment.open(file) or segment


def _remove(files: "Collection[Path | None]") -> None:
    """Remove the files of segments that were joined; another process may have done so."""
    for file in files:
        if file:
            with suppress(OSError):
                file.unlink()


def _terms(query: str) -> list[str]:
    return [term for term in read_query(query).terms if term not in FUNCTION_TERMS][:MOST_TERMS]


def _described(view: _View, terms: Sequence[str], count: int) -> NDArray[np.int64]:
    """Numbers of the `count` mounts whose descriptions fit best, of those that were never opened."""
    if not len(view.unopened):
        return view.unopened
    is_unopened = np.isin(view.numbers, view.unopened, assume_unique=True)
    scores = fit_described(Rows([view.described], is_unopened), terms)[is_unopened]
    return _first(view.unopened, scores, view.mounts, count)


def _first(
    numbers: NDArray[np.int64], scores: NDArray[np.float32], mounts: Sequence[Mount], count: int
) -> NDArray[np.int64]:
    """The `count` of these numbers with the best scores, best first; of equals, those whose mounts were used last."""
    if count < len(scores):
        is_best = scores >= np.partition(scores, len(scores) - count)[len(scores) - count]
        numbers, scores = numbers[is_best], scores[is_best]
    used = np.array([mounts[at].used for at in numbers.tolist()])
    return numbers[np.lexsort((-used, -scores))][:count]


def _joined(parts: Sequence[Segment], mounted: Collection[int]) -> Segment:
    """One segment of all rows that are mounted, each once."""
    held: set[int] = set()
    kept = []
    for part in parts:
        keys = part.keys.tolist()
        kept.append(np.array([key in mounted and key not in held for key in keys], dtype=np.bool_))
        held.update(keys)
    return Segment.joined(parts, kept)
