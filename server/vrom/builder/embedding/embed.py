"""The embedding stage: each distinct text is embedded once, and cached texts not at all."""

from collections.abc import Callable, Sequence

import numpy as np

from vrom.builder.embedding.cache import EmbeddingCache
from vrom.embedding.embedder import Embedder
from vrom.errors import ModelBrokenError
from vrom.format.read import Vectors

_TEXTS_AT_ONCE = 256


def embed_texts(
    texts: Sequence[str], embedder: Embedder, cache: EmbeddingCache, progress: Callable[[int, int], None]
) -> tuple[Vectors, int]:
    """Vectors of texts, float32, (n, dim), unit rows; and the number of texts newly embedded.

    `progress` receives the number of distinct texts that have vectors, and their total. New vectors are cached after
    each batch, so that an interrupted build can resume. Raises `ModelBrokenError` if a vector isn't a unit vector.
    """
    distinct = list(dict.fromkeys(texts))
    vectors = cache.get(distinct)
    missing = [text for text in distinct if text not in vectors]
    progress(len(vectors), len(distinct))
    for start in range(0, len(missing), _TEXTS_AT_ONCE):
        some, before = missing[start : start + _TEXTS_AT_ONCE], len(vectors)
        rows = embedder.embed_many(some, progress=lambda done, before=before: progress(before + done, len(distinct)))  # type: ignore[misc]
        _check_unit_vectors(rows, some, embedder)
        cache.put(some, rows)
        vectors.update(zip(some, rows, strict=True))
    stacked = [vectors[text] for text in texts]
    return np.stack(stacked) if stacked else np.zeros((0, embedder.dimensions), np.float32), len(missing)


def _check_unit_vectors(rows: Vectors, texts: Sequence[str], embedder: Embedder) -> None:
    """Raise `ModelBrokenError` for a zero, NaN or otherwise non-unit vector: search could never find its text."""
    wrong = ~(np.abs(np.linalg.norm(rows, axis=1) - 1) < 1e-3)
    if wrong.any():
        text = texts[int(wrong.argmax())]
        raise ModelBrokenError(
            f"{embedder.model} returned no unit vector for {text[:60]!r}. Download it again: vrom model pull"
        )
