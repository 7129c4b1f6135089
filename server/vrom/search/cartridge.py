"""A package opened and searchable."""

import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from vrom.package.limits import DEFAULT_LIMITS, Limits
from vrom.package.models import Chunk, Manifest
from vrom.package.read import Package, Vectors, read_package
from vrom.search.dense import DenseIndex
from vrom.search.lexical import LexicalIndex, Scores
from vrom.search.outline import Outline, outline_of
from vrom.search.spelling import Speller
from vrom.search.stored import stored

if TYPE_CHECKING:
    from vrom.embedding.embedder import Embedder

T = TypeVar("T")

CHANCE_PAIRS = 4_000
"""Pairs of chunks whose similarity is averaged to know what similarity is worth nothing."""


class Cartridge:
    """A package opened. Its indexes are made when they are first asked for, once, by whichever thread comes first.

    `documents` gives the chunk ids of each source file in the order of the linked list.
    """

    def __init__(self, package: Package, cache: Path | None = None) -> None:
        self.folder = package.folder
        self.manifest: Manifest = package.manifest
        self.chunks: Sequence[Chunk] = package.chunks
        self.digest = package.digest
        self.documents = documents_of(package.chunks)
        self._vectors = package.vectors
        self._cache = cache / package.digest[:32] if cache else None
        self._lock = threading.RLock()
        self._made: dict[str, Any] = {}

    @classmethod
    def open(cls, folder: Path, cache: Path | None = None, limits: Limits = DEFAULT_LIMITS) -> "Cartridge":
        """Open the package in `folder`, keeping indexes made from it under `cache`.

        Raises `PackageError` when it can't be read, or not within the limits.
        """
        return cls(read_package(folder, limits), cache)

    @property
    def id(self) -> str:
        """The package's `vrom_id`."""
        return self.manifest.vrom_id

    @property
    def version(self) -> str:
        """The package's version."""
        return self.manifest.version

    @property
    def outline(self) -> Outline:
        """Page, section and title path of every chunk."""
        return self._once("outline", lambda: outline_of(self.chunks, self.documents))

    @property
    def lexical(self) -> LexicalIndex:
        """Words and pairs of words over title path and text."""
        return self._once("lexical", self._open_lexical)

    @property
    def speller(self) -> Speller:
        """The vocabulary, by likeness."""
        return self._once("speller", lambda: Speller(self.lexical.vocabulary))

    @property
    def dense(self) -> DenseIndex:
        """The vectors, searchable by the manifest's metric."""
        file = self._cache / "dense.usearch" if self._cache else None
        metric = self.manifest.hnsw_config.metric
        return self._once("dense", lambda: DenseIndex.open(self._vectors, metric, file))

    @property
    def page_centres(self) -> Vectors:
        """The direction in which a page's chunks lie: float32, (pages, dim), unit rows."""
        return self._once("page_centres", lambda: _centres(self.dense.vectors, self.outline))

    def above_chance(self, similarity: Scores) -> Scores:
        """Similarities on a scale where 0 is what unrelated chunks have here, and 1 is identity.

        A model that finds everything similar, or a cartridge about one thing only, gains nothing by it.
        """
        chance = self._once("chance", lambda: _chance(self.dense, self.outline))
        return np.asarray((similarity - chance) / (1 - chance), dtype=np.float32)

    def was_made_with(self, embedder: "Embedder") -> bool:
        """Whether the vectors come from this model, as far as three chunks embedded again can tell; kept on disk."""
        return self._once(f"agreement {embedder.digest}", lambda: self._compared_with(embedder))

    def _compared_with(self, embedder: "Embedder") -> bool:
        folder = self._cache / f"agreement-{embedder.digest[:16]}" if self._cache else None
        verdict = stored(
            folder,
            lambda: {"agrees": np.array([_agrees(self, self._vectors, embedder)])},
            lambda found: found["agrees"].shape == (1,),
        )
        return bool(verdict["agrees"][0])

    def _open_lexical(self) -> LexicalIndex:
        return LexicalIndex.open([chunk.text for chunk in self.chunks], self.outline, self._cache)

    def _once(self, name: str, make: Callable[[], T]) -> T:
        made = self._made.get(name)
        if made is None:
            with self._lock:
                made = self._made.get(name)
                if made is None:
                    made = self._made[name] = make()
        return made


def _centres(vectors: Vectors, outline: Outline) -> Vectors:
    order = np.argsort(outline.page_of, kind="stable")
    starts = np.searchsorted(outline.page_of[order], np.arange(outline.pages))
    sums = np.add.reduceat(vectors[order], starts, axis=0) if len(vectors) else vectors
    return np.asarray(sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-12), dtype=np.float32)


def _chance(dense: DenseIndex, outline: Outline) -> float:
    """The mean similarity of chunks of different pages."""
    picks = np.random.default_rng(0).integers(0, max(len(dense.vectors), 1), (2, CHANCE_PAIRS))
    first, second = picks[:, outline.page_of[picks[0]] != outline.page_of[picks[1]]]
    if len(first) == 0:
        return 0.0
    mean = float(np.mean(dense.pair_similarity(first, second)))
    return min(max(mean, 0.0), 0.95)


def _agrees(cartridge: Cartridge, vectors: Vectors, embedder: "Embedder") -> bool:
    from vrom.embedding.agreement import agreement, embedded_text, probes

    ids = probes(cartridge.chunks)
    texts = [embedded_text(cartridge.chunks[i], cartridge.manifest) for i in ids]
    return agreement(embedder, vectors[ids], texts).agrees


def documents_of(chunks: Sequence[Chunk]) -> dict[str, list[int]]:
    """Chunk ids by source file, in the order of the linked list; every chunk exactly once, whatever the pointers say.

    A pointer that leaves the document, the package, or goes back to a chunk already passed is not followed; the chain
    then goes on at the first chunk not yet reached.
    """
    members: dict[str, list[int]] = {}
    for chunk in chunks:
        members.setdefault(chunk.source_file, []).append(chunk.chunk_id)
    return {source: list(_walk(ids, chunks)) for source, ids in members.items()}


def _walk(ids: Sequence[int], chunks: Sequence[Chunk]) -> Iterator[int]:
    left = set(ids)
    pointed_at = {chunks[i].next_chunk_id for i in ids}
    heads = [i for i in ids if i not in pointed_at]
    for head in [*heads, *ids]:
        here: int | None = head
        while here is not None and here in left:
            left.remove(here)
            yield here
            here = chunks[here].next_chunk_id
