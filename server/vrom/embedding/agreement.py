"""Texts as a cartridge's builder embedded them, and the check that its vectors come from the loaded model.

Three chunks are embedded again and compared.

A manifest may name a model that didn't make the vectors; searching them would then rank at random. Measured with q8 on
the 347 chunks of moderate length of a package made by the format's own builder, median of three cosines:

    the same text                                      0.988 to 0.997
    the text under its title path, or without marks    0.74 at worst, 0.85 or more in 99 of 100
    half of the text                                   0.57 at worst, 0.74 or more in 99 of 100
    vectors of other chunks of the package             0.43 or less in 99 of 100
    vectors of another model                           0.13 at most
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vrom.embedding.embedder import Embedder
from vrom.embedding.recipes import Prefixes, resolve
from vrom.format.models import Chunk, Manifest
from vrom.format.read import Vectors

PROBES = 3
AGREEING_COSINE = 0.6
MODERATE_LENGTH = (200, 900)
"""Characters: enough for a meaningful text, and rarely so many that the model's truncation matters."""
_PREFIXES = "prefixes"
_LONGEST_PREFIX = 500
"""Characters: the longest of any model has about a hundred."""


@dataclass(frozen=True)
class Agreement:
    """Similarity of the probes' stored vectors to those of the model."""

    cosine: float
    """Median cosine of the probes, -1 to 1; 1 if there was nothing to compare, 0 if the dimensions differ."""

    @property
    def agrees(self) -> bool:
        """True if the vectors can come from this model."""
        return self.cosine >= AGREEING_COSINE


def agreement(embedder: Embedder, vectors: Vectors, texts: Sequence[str]) -> Agreement:
    """Compare stored vectors, float32 (n, dim) of any length, with those of `texts`, the texts as embedded originally.

    Vectors of another dimension don't agree. Raises `ModelBrokenError` if the model fails.
    """
    if len(texts) == 0:
        return Agreement(1.0)
    if vectors.shape[1] != embedder.dimensions:
        return Agreement(0.0)
    norms = np.maximum(np.linalg.norm(vectors, axis=1), np.finfo(np.float32).tiny)
    cosines = np.einsum("nd,nd->n", embedder.embed(texts), vectors) / norms
    return Agreement(float(np.median(cosines)))


def probes(lengths: NDArray[np.integer[Any]], count: int = PROBES) -> list[int]:
    """Ids of the chunks to compare: of moderate length, spread over the package, deterministic.

    `lengths`, (n,), are the characters of each chunk's text.
    """
    shortest, longest = MODERATE_LENGTH
    moderate = np.flatnonzero((lengths >= shortest) & (lengths <= longest))
    if len(moderate) < count:
        middle = (shortest + longest) // 2
        moderate = np.sort(np.argsort(np.abs(lengths.astype(np.int64) - middle), kind="stable")[:count])
    # The middle of each of `count` equal ranges.
    picked = [
        int(moderate[(2 * part + 1) * len(moderate) // (2 * count)]) for part in range(count if len(moderate) else 0)
    ]
    return list(dict.fromkeys(picked))


def embedded_text(chunk: Chunk, manifest: Manifest) -> str:
    """Text of a chunk as the package's builder embedded it.

    `vrom build` puts the title path before the text, and the model's prefix before both, and says so in
    `chunk_strategy`; other builders embed the text alone.
    """
    strategy = manifest.chunk_strategy.model_extra or {}
    prefix = (_recorded_prefixes(manifest) or Prefixes()).passage
    if strategy.get("embedded") == "title path and text" and chunk.path:
        return prefix + " > ".join(chunk.path) + "\n" + chunk.text
    return prefix + chunk.text


def query_text(text: str, manifest: Manifest) -> str:
    """Text of a query as it is embedded for a package: with the prefix that it records, else the model's own.

    If the model needs one before passages, too, and the package doesn't record that they had it, the query has none
    either: both are then embedded alike. Raises `ModelUnknownError`.
    """
    prefixes = _recorded_prefixes(manifest)
    if prefixes is None:
        usual = resolve(manifest.embedding_spec).prefixes
        prefixes = Prefixes() if usual.passage else usual
    return prefixes.query + text


def record_prefixes(prefixes: Prefixes) -> dict[str, Any]:
    """Keys of `chunk_strategy` that tell a reader what was embedded before passages, and what goes before queries."""
    return {_PREFIXES: asdict(prefixes)} if prefixes != Prefixes() else {}


def _recorded_prefixes(manifest: Manifest) -> Prefixes | None:
    recorded = (manifest.chunk_strategy.model_extra or {}).get(_PREFIXES)
    if not isinstance(recorded, dict):
        return None
    query, passage = (recorded.get(name) for name in ("query", "passage"))
    return Prefixes(*(part[:_LONGEST_PREFIX] if isinstance(part, str) else "" for part in (query, passage)))
