"""A cartridge version in a database: statistics kept here, texts fetched by document."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
import orjson
from numpy.typing import NDArray
from pydantic import ValidationError

from vrom.errors import StoreError
from vrom.format.models import Chunk
from vrom.store.statistics import Statistics

if TYPE_CHECKING:
    from vrom.embedding.embedder import Embedder
    from vrom.embedding.token_vectors import PieceWeights
    from vrom.format.models import Manifest
    from vrom.index.outline import Outline


@dataclass(frozen=True, eq=False)
class Entry:
    """Row of the catalogue: one version of a cartridge that is live. There is one object of each."""

    number: int
    """Number of this version's rows; another load gets another one."""
    space: str
    digest: str
    manifest: "Manifest"
    chunks: int
    chance: float
    """Similarity of unrelated chunks."""


class Rows(Protocol):
    """Where a shelf's rows come from; what was read is cached there, for all shelves together."""

    def statistics(self, entry: Entry) -> Statistics:
        """Statistics of a cartridge."""

    def document(self, entry: Entry, document: int) -> Mapping[int, Chunk]:
        """Chunks of a document by their ids."""


class StoredShelf:
    """`vrom.search.shelf.Shelf` over rows of a database."""

    is_stored = True
    is_validated = True

    def __init__(self, entry: Entry, rows: Rows, *, name: str = "", locked: str | None = None) -> None:
        self.entry = entry
        self.manifest = entry.manifest.model_copy(update={"vrom_id": name}) if name else entry.manifest
        self.digest = entry.digest
        self.locked = locked
        self._rows = rows

    @property
    def id(self) -> str:
        """Id that answers cite."""
        return self.manifest.vrom_id

    @property
    def version(self) -> str:
        """Version of the package."""
        return self.manifest.version

    @property
    def size(self) -> int:
        """Number of chunks."""
        return self.entry.chunks

    @property
    def statistics(self) -> Statistics:
        """Statistics, outline and document names."""
        return self._rows.statistics(self.entry)

    @property
    def lexical(self) -> Statistics:
        """Terms and names."""
        return self.statistics

    @property
    def outline(self) -> "Outline":
        """Document, section and title path of every chunk."""
        return self.statistics.outline

    def is_bare(self, chunk_id: int) -> bool:
        """True for a chunk that is never an answer: a heading alone, or a repetition of another chunk."""
        return bool(self.statistics.outline.bare[chunk_id])

    def is_past(self, chunk_id: int) -> bool:
        """True for a chunk in a document about the past."""
        return bool(self.statistics.past[self.document_of(chunk_id)])

    def is_history(self, chunk_ids: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Tell which chunks are in documents about the past: bool, (c,)."""
        return self.statistics.past[self.outline.document_of[chunk_ids]]

    @property
    def piece_weights(self) -> "PieceWeights | None":
        """Rarity of each word piece; None if the package has no word pieces."""
        return self.statistics.arrays.get("piece_weights")

    def was_made_with(self, embedder: "Embedder") -> bool:
        """Return true if the vectors come from this model, tested with three chunks."""
        from vrom.embedding.agreement import agreement

        statistics = self.statistics
        if embedder.digest not in statistics.verdicts:
            agrees = agreement(embedder, statistics.arrays["probes"], statistics.probe_texts).agrees
            statistics.verdicts[embedder.digest] = agrees
        return statistics.verdicts[embedder.digest]

    def above_chance(self, similarity: NDArray[np.float32]) -> NDArray[np.float32]:
        """Rescale similarities: 0 is the chance level of unrelated chunks here, 1 is identity."""
        chance = self.entry.chance
        return np.asarray((similarity - chance) / (1 - chance), dtype=np.float32)

    @property
    def documents(self) -> Mapping[str, Sequence[int]]:
        """Chunk ids by source file, in the order of the linked list."""
        return self.statistics.documents

    def document_name(self, chunk_id: int) -> str:
        """Source file of a chunk's document."""
        return self.statistics.documents.name(self.document_of(chunk_id))

    def document_of(self, chunk_id: int) -> int:
        """Number of a chunk's document."""
        return int(self.statistics.outline.document_of[chunk_id])

    def chunk(self, chunk_id: int) -> Chunk:
        """Chunk with this id, read with its whole document. Raises `StoreError` if it can't be read."""
        document = self._rows.document(self.entry, self.document_of(chunk_id))
        if chunk_id not in document:
            raise StoreError(f"Chunk {chunk_id} of {self.id!r} is missing in the store. Load the cartridge again.")
        return document[chunk_id]

    def title_path(self, chunk_id: int) -> tuple[str, ...]:
        """Headings above a chunk, from the document's title to the innermost."""
        return self.statistics.outline.paths[chunk_id]

    def section_paths(self) -> Iterator[tuple[str, ...]]:
        """Title path of every section."""
        return self.statistics.section_paths()

    def section(self, chunk_id: int) -> int:
        """Number of a chunk's section."""
        return int(self.statistics.outline.section_of[chunk_id])

    def mark(self, chunk_id: int) -> int:
        """64-bit digest of a chunk's text; equal texts have equal marks."""
        return int(self.statistics.arrays["text_marks"][chunk_id])


def decode_chunk(chunk_id: int, encoded: bytes) -> Chunk:
    """Chunk from its JSON. Raises `StoreError` if it isn't that chunk."""
    try:
        chunk = Chunk.model_validate(orjson.loads(encoded))
    except (orjson.JSONDecodeError, ValidationError) as error:
        raise StoreError(f"Chunk {chunk_id} of a cartridge in the store can't be read. Load it again.") from error
    if chunk.chunk_id != chunk_id:
        raise StoreError(f"Chunk {chunk_id} of a cartridge in the store says that it is chunk {chunk.chunk_id}.")
    return chunk
