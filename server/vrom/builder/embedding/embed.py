"""The embedding stage: each distinct text is embedded once, and cached texts not at all."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from vrom.builder.embedding.cache import EmbeddingCache
from vrom.builder.embedding.stored_tokens import rounded
from vrom.embedding.embedder import Embedder
from vrom.embedding.token_vectors import TokenVectors, piece_weights
from vrom.errors import ModelBrokenError
from vrom.format.read import Vectors
from vrom.index.tokens import token_arrays
from vrom.storage.array_file import Arrays

_TEXTS_AT_ONCE = 256


@dataclass(frozen=True)
class Embedded:
    """Result of embedding texts."""

    vectors: Vectors
    """float32, (n, dim), unit rows."""
    embedded: int
    """Number of texts newly embedded."""
    tokens: Arrays | None = None
    """Word pieces of the texts, see `vrom.index.tokens`; None if the model doesn't give their vectors."""


def embed_texts(
    texts: Sequence[str], embedder: Embedder, cache: EmbeddingCache, progress: Callable[[int, int], None]
) -> Embedded:
    """Embed texts, word piece by word piece if the model can.

    Vectors are then pooled by the rarity of word pieces in these texts, which is counted before anything is embedded.
    `progress` receives the number of distinct texts that have vectors, and their total. New vectors are cached after
    each batch, so that an interrupted build can resume. Raises `ModelBrokenError` if a vector isn't a unit vector.
    """
    distinct = list(dict.fromkeys(texts))
    row_of = {text: row for row, text in enumerate(distinct)}
    rows = np.array([row_of[text] for text in texts], dtype=np.int64)
    if not embedder.vocabulary or not texts:
        vectors, embedded = _embed_whole(distinct, embedder, cache, progress)
        return Embedded(vectors[rows], embedded)
    weights = piece_weights(map(embedder.word_pieces, texts), embedder.vocabulary)
    batches = _Batches(distinct, embedder, cache, progress)
    vectors = np.empty((len(distinct), embedder.dimensions), dtype=np.float32)
    codes = []
    for row, tokens in enumerate(batches):
        vectors[row] = tokens.pooled(weights)
        codes.append(tokens.codes)
    return Embedded(vectors[rows], batches.embedded, token_arrays(weights, [codes[row] for row in rows]))


@dataclass
class _Batches:
    """Word pieces of distinct texts in their order, from the cache or the model, some at a time."""

    texts: Sequence[str]
    embedder: Embedder
    cache: EmbeddingCache
    progress: Callable[[int, int], None]
    embedded: int = 0
    """Number of texts newly embedded."""

    def __iter__(self) -> Iterator[TokenVectors]:
        total = len(self.texts)
        self.progress(0, total)
        for start in range(0, total, _TEXTS_AT_ONCE):
            some = self.texts[start : start + _TEXTS_AT_ONCE]
            found = self.cache.get_tokens(some, self.embedder.vocabulary)
            missing = [text for text in some if text not in found]
            if missing:
                before = start + len(found)
                new = self.embedder.embed_tokens(
                    missing,
                    progress=lambda done, before=before: self.progress(before + done, total),  # type: ignore[misc]
                )
                _check_unit_vectors(np.stack([one.mean for one in new]), missing, self.embedder)
                self.cache.put_tokens(missing, new)
                found.update(zip(missing, map(rounded, new), strict=True))
                self.embedded += len(missing)
            self.progress(start + len(some), total)
            yield from (found[text] for text in some)


def _embed_whole(
    distinct: Sequence[str], embedder: Embedder, cache: EmbeddingCache, progress: Callable[[int, int], None]
) -> tuple[Vectors, int]:
    """Vectors of distinct texts, float32, (n, dim); and the number of texts newly embedded."""
    vectors = cache.get(distinct)
    missing = [text for text in distinct if text not in vectors]
    progress(len(vectors), len(distinct))
    for start in range(0, len(missing), _TEXTS_AT_ONCE):
        some, before = missing[start : start + _TEXTS_AT_ONCE], len(vectors)
        rows = embedder.embed_many(some, progress=lambda done, before=before: progress(before + done, len(distinct)))  # type: ignore[misc]
        _check_unit_vectors(rows, some, embedder)
        cache.put(some, rows)
        vectors.update(zip(some, rows, strict=True))
    stacked = [vectors[text] for text in distinct]
    return np.stack(stacked) if stacked else np.zeros((0, embedder.dimensions), np.float32), len(missing)


def _check_unit_vectors(rows: Vectors, texts: Sequence[str], embedder: Embedder) -> None:
    """Raise `ModelBrokenError` for a zero, NaN or otherwise non-unit vector: search could never find its text."""
    wrong = ~(np.abs(np.linalg.norm(rows, axis=1) - 1) < 1e-3)
    if wrong.any():
        text = texts[int(wrong.argmax())]
        raise ModelBrokenError(
            f"{embedder.model} returned no unit vector for {text[:60]!r}. Download it again: vrom model pull"
        )
