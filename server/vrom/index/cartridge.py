"""Cartridge: a package opened and searchable."""

import re
import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from vrom.format.chunk_table import StoredChunks
from vrom.format.limits import DEFAULT_LIMITS, Limits
from vrom.format.read import Vectors
from vrom.index.array_cache import stored
from vrom.index.contents import Opened, open_contents
from vrom.index.dense.dense_index import DenseIndex
from vrom.index.dense.hnsw import is_sound_graph
from vrom.index.dense.similarity import QuerySimilarity
from vrom.index.document_table import Documents
from vrom.index.lexical.bm25 import LexicalIndex, Scores
from vrom.index.outline import Outline
from vrom.storage.regular_file import is_whole

if TYPE_CHECKING:
    from vrom.embedding.embedder import Embedder
    from vrom.embedding.token_vectors import PieceWeights
    from vrom.format.models import Chunk, Manifest

T = TypeVar("T")
_HISTORY = re.compile(
    r"(?:^|/)(?:change(?:s|log|_log)?|history|news|releases?|release[-_]notes?|whats[-_]?new|announce|legacy|"
    r"later[-_]version)(?:[./_-]|$)",
    re.IGNORECASE,
)
"""Source files about the past or a version to come, by a folder's or the file's name."""


class Cartridge:
    """Package opened for searching.

    Chunks and vectors are memory-mapped; indexes are opened on first use, once, thread-safely. `documents` gives the
    chunk ids of each source file in the order of the linked list. `digest` identifies the contents.
    """

    is_stored = False

    def __init__(
        self, folder: Path, opened: Opened, cache: Path | None = None, limits: Limits = DEFAULT_LIMITS
    ) -> None:
        contents = opened.contents
        self.folder = folder
        self.manifest: Manifest = opened.manifest
        self.digest = opened.digest
        self.locked: str | None = None
        """The version that the project locks; None if it isn't a dependency of the project."""
        self.contents = contents
        """Arrays of the package: see `vrom.index.contents`."""
        self.chunks = StoredChunks(contents)
        self.documents = Documents(contents)
        self.outline = Outline.of(contents)
        """Document, section and title path of every chunk."""
        self.document_centres: Vectors = contents["page_centres"]
        """Mean direction of each document's chunks: float32, (documents, dim), unit rows."""
        self.chance = float(contents["chance"][0])
        """Similarity of unrelated chunks."""
        self.vectors: Vectors = contents["vectors"]
        """Vectors as in the package: float32, (n, dim)."""
        self.unit_vectors: Vectors = contents.get("unit_vectors", self.vectors)
        """Unit rows if the metric is the cosine, else `vectors`."""
        self.tokens = opened.tokens
        """Word pieces of the chunks; None if the package has none."""
        self._opened = opened
        self._limits = limits
        self._cache = cache / opened.digest[:32] if cache else None
        self._lock = threading.RLock()
        self._made: dict[str, Any] = {}

    @classmethod
    def open(cls, folder: Path, cache: Path | None = None, limits: Limits = DEFAULT_LIMITS) -> "Cartridge":
        """Open the package in `folder`; indexes made from it are stored under `cache`.

        Raises `PackageError` if it can't be read within the limits.
        """
        return cls(folder, open_contents(folder, cache, limits), cache, limits)

    @property
    def id(self) -> str:
        """The package's `vrom_id`."""
        return self.manifest.vrom_id

    @property
    def version(self) -> str:
        """The package's version."""
        return self.manifest.version

    @property
    def size(self) -> int:
        """Number of chunks."""
        return len(self.chunks)

    @property
    def lexical(self) -> LexicalIndex:
        """Lexical index over title paths and texts."""
        return self._once("lexical", self._open_lexical)

    @property
    def dense(self) -> DenseIndex:
        """Vector index, with the manifest's metric."""
        return self._once("dense", self._open_dense)

    @property
    def piece_weights(self) -> "PieceWeights | None":
        """Rarity of each word piece; None if the package has no word pieces."""
        return self.tokens.weights if self.tokens else None

    def document_name(self, chunk_id: int) -> str:
        """Source file of a chunk's document."""
        return self.documents.name(int(self.outline.document_of[chunk_id]))

    def chunk(self, chunk_id: int) -> "Chunk":
        """Chunk with this id. Raises `PackageError` if it can't be read."""
        return self.chunks[chunk_id]

    def is_bare(self, chunk_id: int) -> bool:
        """True for a chunk that is never an answer: a heading alone, or a repetition of another chunk."""
        return bool(self.outline.bare[chunk_id])

    def is_past(self, chunk_id: int) -> bool:
        """True for a chunk in a document about the past."""
        return bool(self.is_history(np.array([chunk_id]))[0])

    def title_path(self, chunk_id: int) -> tuple[str, ...]:
        """Headings above a chunk, from the document's title to the innermost."""
        return self.outline.paths[chunk_id]

    def section_paths(self) -> Iterator[tuple[str, ...]]:
        """Title path of every section."""
        return self.outline.section_paths()

    def section(self, chunk_id: int) -> int:
        """Number of a chunk's section."""
        return int(self.outline.section_of[chunk_id])

    def mark(self, chunk_id: int) -> int:
        """64-bit digest of a chunk's text; equal texts have equal marks."""
        return int(self.chunks.marks[chunk_id])

    def compare(self, query: NDArray[np.float32]) -> QuerySimilarity:
        """Similarity of the chunks, sections and documents to `query`: float32, (dim,), of unit length."""
        return self.dense.compare(query, self.document_centres)

    def is_history(self, chunk_ids: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Tell which chunks lie in documents about the past: changelogs, and copies of earlier versions: bool, (c,)."""
        past: NDArray[np.bool_] = self._once("history", lambda: find_history(self.documents))
        return past[self.outline.document_of[chunk_ids]]

    @property
    def is_validated(self) -> bool:
        """False if contents are mapped from files that came with the package, which are validated as they are read."""
        return not self._opened.maps

    @property
    def is_whole(self) -> bool:
        """False if a file of the package was truncated since it was opened; reading it would end the process."""
        return all(map(is_whole, self._opened.maps))

    @property
    def is_warm(self) -> bool:
        """True if both indexes are open, so that a search needs no preparation."""
        return self._made.keys() >= {"lexical", "dense"}

    def above_chance(self, similarity: Scores) -> Scores:
        """Rescale similarities: 0 is the chance level of unrelated chunks here, 1 is identity.

        This removes the advantage of models with generally high similarities, and of cartridges about a single
        topic.
        """
        return np.asarray((similarity - self.chance) / (1 - self.chance), dtype=np.float32)

    def was_made_with(self, embedder: "Embedder") -> bool:
        """Return true if the vectors come from this model, tested with three chunks; the result is cached on disk."""
        return self._once(f"agreement {embedder.digest}", lambda: self._compared_with(embedder))

    def _compared_with(self, embedder: "Embedder") -> bool:
        file = self._cache / f"agreement-{embedder.digest[:16]}.bin" if self._cache else None
        verdict = stored(
            file,
            lambda: {"agrees": np.array([_agrees(self, self.vectors, embedder)])},
            lambda found: found["agrees"].shape == (1,),
        )
        return bool(verdict["agrees"][0])

    def _open_dense(self) -> DenseIndex:
        file = self._cache / "graph-1.usearch" if self._cache else None
        metric = self.manifest.hnsw_config.metric
        return DenseIndex.open(
            self.unit_vectors,
            metric,
            file,
            are_units=True,
            packed=self._packed_graph(),
            seconds=self._limits.seconds,
        )

    def _packed_graph(self) -> Path | None:
        """Graph that came with the package if it is safe to search, else None; the verdict is cached on disk."""
        graph = self._opened.graph
        if graph is None:
            return None
        metric = self.manifest.hnsw_config.metric
        verdict = stored(
            self._cache / "graph-is-sound.bin" if self._cache else None,
            lambda: {"sound": np.array([is_sound_graph(graph, self.unit_vectors, metric)])},
            lambda found: found["sound"].shape == (1,),
        )
        return graph if verdict["sound"][0] else None

    def _open_lexical(self) -> LexicalIndex:
        if self._opened.words is not None:
            return LexicalIndex.of(self._opened.words, self.outline)
        return LexicalIndex.open((chunk.text for chunk in self.chunks), self.outline, self._cache)

    def _once(self, name: str, make: Callable[[], T]) -> T:
        made = self._made.get(name)
        if made is None:
            with self._lock:
                made = self._made.get(name)
                if made is None:
                    made = self._made[name] = make()
        return made


def find_history(documents: Iterable[str]) -> NDArray[np.bool_]:
    """Tell which documents are about the past, by their names: bool, (documents,)."""
    return np.array([bool(_HISTORY.search(name)) for name in documents], dtype=np.bool_)


def _agrees(cartridge: Cartridge, vectors: Vectors, embedder: "Embedder") -> bool:
    from vrom.embedding.agreement import agreement, embedded_text, probes

    ids = probes(cartridge.chunks.lengths)
    texts = [embedded_text(cartridge.chunks[i], cartridge.manifest) for i in ids]
    return agreement(embedder, vectors[ids], texts).agrees
