"""A package opened and searchable."""

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

from vrom.package.models import Chunk, Manifest
from vrom.package.read import Package, read_package
from vrom.search.dense import DenseIndex
from vrom.search.lexical import LexicalIndex


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
        self._lock = threading.Lock()
        self._lexical: LexicalIndex | None = None
        self._dense: DenseIndex | None = None

    @classmethod
    def open(cls, folder: Path, cache: Path | None = None) -> "Cartridge":
        """Open the package in `folder`, keeping indexes made from it under `cache`. Raises `PackageError`."""
        return cls(read_package(folder), cache)

    @property
    def id(self) -> str:
        """The package's `vrom_id`."""
        return self.manifest.vrom_id

    @property
    def version(self) -> str:
        """The package's version."""
        return self.manifest.version

    @property
    def lexical(self) -> LexicalIndex:
        """BM25 postings over title path and text."""
        with self._lock:
            if self._lexical is None:
                paths = [" ".join(chunk.path) for chunk in self.chunks]
                self._lexical = LexicalIndex.build([(2.0, paths), (1.0, [chunk.text for chunk in self.chunks])])
            return self._lexical

    @property
    def dense(self) -> DenseIndex:
        """The vectors, searchable by the manifest's metric."""
        with self._lock:
            if self._dense is None:
                file = self._cache / "dense.usearch" if self._cache else None
                self._dense = DenseIndex.open(self._vectors, self.manifest.hnsw_config.metric, file)
            return self._dense


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
