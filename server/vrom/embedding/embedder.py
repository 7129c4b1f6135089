"""Interface of an embedding model; `fastembed_embedder` implements it."""

from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from vrom.embedding.token_vectors import TokenVectors
from vrom.format.read import Vectors

Vector = NDArray[np.float32]
"""float32, (dim,), of unit length."""


class Embedder(Protocol):
    """Loaded embedding model. Thread-safe.

    Its methods raise `ModelBrokenError` if the model fails.
    """

    @property
    def model(self) -> str:
        """Canonical name, as in `Xenova/all-MiniLM-L6-v2`."""

    @property
    def quantization(self) -> str:
        """Quantization of the weights, as named in a manifest."""

    @property
    def digest(self) -> str:
        """SHA-256 over the model's files: embedders with the same digest give the same vectors."""

    @property
    def dimensions(self) -> int:
        """Length of the vectors."""

    @property
    def max_tokens(self) -> int:
        """Tokens to which longer texts are truncated, special tokens included."""

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Embed passages: float32, (n, dim), unit rows. A text's vector doesn't depend on the other texts."""

    def embed_many(
        self, texts: Sequence[str], threads: int | None = None, progress: Callable[[int], None] | None = None
    ) -> Vectors:
        """Embed passages in parallel; the vectors are identical to those of `embed`, whatever `threads` is.

        `progress` is called from the caller's thread after each text, with the number of texts done.
        """

    def embed_query(self, text: str) -> Vector:
        """Embed a query: float32, (dim,), unit length, read-only."""

    @property
    def vocabulary(self) -> int:
        """Number of word pieces whose vectors the model gives; 0 if it gives those of texts alone."""

    def embed_tokens(
        self, texts: Sequence[str], threads: int | None = None, progress: Callable[[int], None] | None = None
    ) -> list[TokenVectors]:
        """Embed passages word piece by word piece, in parallel; `mean` is the vector that `embed` gives.

        Only for a model with a `vocabulary`; `progress` as in `embed_many`.
        """

    def query_tokens(self, text: str) -> TokenVectors:
        """Embed a query word piece by word piece; `mean` is the vector that `embed_query` gives."""

    def word_pieces(self, text: str) -> NDArray[np.int64]:
        """Word pieces of a text, special tokens included, truncated as for embedding: int64, (t,)."""

    def count_tokens(self, text: str) -> int:
        """Number of tokens of a text, special tokens included, without truncation."""
