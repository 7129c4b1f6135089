"""A cartridge as it is ranked and read, wherever its rows are kept."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from vrom.index.lexical.related_terms import Terms

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from vrom.embedding.embedder import Embedder
    from vrom.embedding.token_vectors import PieceWeights
    from vrom.format.models import Chunk, Manifest
    from vrom.index.lexical.bm25 import Scores
    from vrom.index.lexical.names import Names
    from vrom.index.lexical.spelling import Speller
    from vrom.index.outline import Outline


class Lexicon(Terms, Protocol):
    """Terms of a cartridge with their frequencies, for the weights of a query's terms."""

    @property
    def speller(self) -> "Speller":
        """Spelling correction by the vocabulary."""

    @property
    def names(self) -> "Names":
        """Names that are defined in the documents."""

    def document_frequency(self, term: str) -> int:
        """Number of chunks that contain a term."""

    def pair_frequency(self, pair: tuple[str, str]) -> int:
        """Number of chunks in which the second term directly follows the first."""


class Shelf(Protocol):
    """One version of a cartridge: its terms, its documents and its contents.

    `vrom.index.cartridge.Cartridge` is one, over arrays in this process; a database has others. Terms are for the
    weights of a query's, the rest is for answers. Ranking features come from the shelf's `Store`.
    """

    manifest: "Manifest"
    digest: str
    """Hex digest that identifies the contents."""
    locked: str | None
    """The version that the project locks; None if it isn't a dependency of the project."""

    def __hash__(self) -> int:
        """Shelves are told apart by identity."""

    @property
    def id(self) -> str:
        """Id that answers cite."""

    @property
    def version(self) -> str:
        """Version of the package."""

    @property
    def is_stored(self) -> bool:
        """True if the rows are in a database, which may be out of reach."""

    @property
    def is_validated(self) -> bool:
        """False if contents may yet prove to be damaged when they are read."""

    @property
    def size(self) -> int:
        """Number of chunks."""

    @property
    def lexical(self) -> Lexicon:
        """Terms and names."""

    @property
    def piece_weights(self) -> "PieceWeights | None":
        """Rarity of each word piece, with which the vectors were pooled; None if the package has no word pieces."""

    def was_made_with(self, embedder: "Embedder") -> bool:
        """Return true if the vectors come from this model."""

    @property
    def outline(self) -> "Outline":
        """Document, section and title path of every chunk."""

    def is_history(self, chunk_ids: "NDArray[np.int64]") -> "NDArray[np.bool_]":
        """Tell which chunks are in documents about the past: bool, (c,)."""

    def above_chance(self, similarity: "Scores") -> "Scores":
        """Rescale similarities: 0 is the chance level of unrelated chunks here, 1 is identity."""

    @property
    def documents(self) -> Mapping[str, Sequence[int]]:
        """Chunk ids by source file, in the order of the linked list."""

    def document_name(self, chunk_id: int) -> str:
        """Source file of a chunk's document."""

    def chunk(self, chunk_id: int) -> "Chunk":
        """Chunk with this id. Raises `PackageError` if it can't be read."""

    def is_bare(self, chunk_id: int) -> bool:
        """True for a chunk that is never an answer: a heading alone, or a repetition of another chunk."""

    def is_past(self, chunk_id: int) -> bool:
        """True for a chunk in a document about the past."""

    def title_path(self, chunk_id: int) -> tuple[str, ...]:
        """Headings above a chunk, from the document's title to the innermost."""

    def section_paths(self) -> Iterable[tuple[str, ...]]:
        """Title path of every section."""

    def section(self, chunk_id: int) -> int:
        """Number of a chunk's section."""

    def mark(self, chunk_id: int) -> int:
        """64-bit digest of a chunk's text; equal texts have equal marks."""
