"""Contents of a cartridge as arrays: made once from a package, then opened as a memory map.

They are chunks as JSON, vectors, documents, outline, and statistics of the vectors. With them, the package needn't be
read again, and only data in use is in memory.
"""

import hashlib
import logging
import mmap
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vrom.errors import PackageBrokenError, PackageError
from vrom.format.chunk_table import chunk_arrays, chunk_arrays_fit
from vrom.format.companions import (
    NAMES,
    REMEDY,
    TOKENS_REMEDY,
    Companions,
    declared_companions,
    open_companions,
    open_tokens,
    were_left_behind,
)
from vrom.format.limits import DEFAULT_LIMITS, Limits
from vrom.format.manifest import package_file, read_bytes, read_manifest
from vrom.format.models import Chunk, Manifest, Metric
from vrom.format.read import Package, Vectors, of_one_state, read_beside, read_package
from vrom.index.array_cache import holds, open_stored, stored
from vrom.index.dense.dense_index import DenseIndex, unit_rows
from vrom.index.document_table import document_arrays, documents_fit, documents_of
from vrom.index.fingerprint import fingerprint_of, known_digest, note_digest
from vrom.index.lexical.bm25 import VERSION as LEXICAL_VERSION
from vrom.index.lexical.bm25 import words_fit
from vrom.index.lexical.build import BLOCK, lexical_arrays
from vrom.index.outline import Outline, outline_arrays, outline_fits
from vrom.index.tokens import TokenIndex, tokens_fit
from vrom.storage.array_file import Arrays

_log = logging.getLogger(__name__)

VERSION = 3
"""Version of the arrays on disk: increased whenever an array is computed differently."""
CHANCE_PAIRS = 4_000
"""Number of chunk pairs compared to estimate the similarity of unrelated chunks."""
UNLIKE = 0.05
"""Quantile of the pairs' similarity that is taken as chance."""
_PAGES_AT_ONCE = 4_096


@dataclass(frozen=True)
class Opened:
    """Opened contents of a cartridge: memory-mapped, or in memory without a cache."""

    manifest: Manifest
    contents: Arrays
    digest: str
    """Hex digest that identifies the contents."""
    words: Arrays | None = None
    """Lexical index, if it came with the package or was made together with the contents."""
    graph: Path | None = None
    """Vector index that came with the package, not yet validated."""
    maps: Sequence[mmap.mmap] = ()
    """Maps of files in the package's own folder."""
    tokens: TokenIndex | None = None
    """Word pieces of the chunks, if the package has them."""


def open_contents(folder: Path, cache: Path | None, limits: Limits = DEFAULT_LIMITS) -> Opened:
    """Contents of the package in `folder`, from the cache if possible.

    Raises `PackageError` if the package can't be read within the limits.
    """
    return of_one_state(folder, lambda: _with_tokens(folder, _open(folder, cache, limits)))


def _with_tokens(folder: Path, opened: Opened) -> Opened:
    """The contents with the package's word pieces. A damaged companion is left out: the package works without it."""
    try:
        tokens = open_tokens(folder, opened.manifest)
        if tokens is None:
            return opened
        if not holds(lambda: tokens_fit(tokens.arrays, len(opened.contents["vectors"]))):
            raise PackageBrokenError(folder / NAMES["tokens"], "", "its arrays don't fit the package", TOKENS_REMEDY)
    except PackageError as error:
        _log.warning("%s The package is searched without it.", error)
        return opened
    return replace(opened, tokens=TokenIndex.of(tokens.arrays), maps=[*opened.maps, tokens.mapped])


def _open(folder: Path, cache: Path | None, limits: Limits) -> Opened:
    manifest = read_manifest(folder)
    declared = declared_companions(manifest)
    if declared is not None and not were_left_behind(folder, manifest, declared):
        try:
            return _open_packed(folder, manifest, declared, cache, limits)
        except PackageError as error:
            if not package_file(folder, manifest.files.index, "files.index").exists():
                raise
            _log.warning("%s Its index.json is read instead.", error)
    if cache is None:
        package = read_package(folder, limits)
        return Opened(package.manifest, contents_of(package), package.digest)
    return _open_read(folder, manifest, cache, limits)


def _open_packed(folder: Path, manifest: Manifest, declared: Companions, cache: Path | None, limits: Limits) -> Opened:
    index = package_file(folder, manifest.files.index, "files.index")
    if index.exists():
        _is_of(index, manifest, cache, limits)
    packed = open_companions(folder, manifest, declared)
    if not holds(lambda: contents_fit(packed.contents.arrays, manifest)):
        file = folder / declared.contents.file
        raise PackageBrokenError(file, "", "its arrays don't fit each other or the manifest", REMEDY)
    outline = Outline.of(packed.contents.arrays)
    is_current = packed.words is not None and packed.words.about.get("version") == LEXICAL_VERSION
    words = packed.words.arrays if packed.words and is_current else None  # otherwise the tokenizer has changed since
    if words and not holds(lambda: words_fit(words, outline)):
        raise PackageBrokenError(folder / NAMES["words"], "", "its arrays don't fit each other", REMEDY)
    return Opened(manifest, packed.contents.arrays, packed.digest, words, packed.graph, packed.maps)


def _is_of(index: Path, manifest: Manifest, cache: Path | None, limits: Limits) -> None:
    """Raise `PackageBrokenError` unless the companions were made from this `index.json`."""
    before = fingerprint_of([index])
    digest = known_digest(cache, index, before) if cache else None
    if digest is None:
        digest = hashlib.sha256(read_bytes(index, limits.file_bytes)).hexdigest()
        if cache:
            note_digest(cache, index, before, digest)
    if manifest.sha256 is None or digest != manifest.sha256.index:
        raise PackageBrokenError(index, "", "it was changed after the package's companions were made", REMEDY)


def _open_read(folder: Path, manifest: Manifest, cache: Path, limits: Limits) -> Opened:
    files = manifest.files
    before = fingerprint_of(
        [package_file(folder, files.index, "files.index"), package_file(folder, files.chunks, "files.chunks")]
    )
    digest = known_digest(cache, folder, before)
    if digest is not None and before[0] and before[0][2] <= limits.file_bytes:
        found = open_stored(_file(cache, digest, manifest), lambda arrays: contents_fit(arrays, manifest))
        if found is not None:
            return Opened(manifest, found, digest)
    package, made = read_beside(folder, limits, lambda *chunks: _indexed(cache, manifest, *chunks))
    metric = package.manifest.hnsw_config.metric

    def note() -> None:
        if package.manifest.files == files:
            note_digest(cache, folder, before, package.digest)

    arrays = stored(
        _file(cache, package.digest, package.manifest),
        lambda: _with_vectors(made.texts, package.vectors, metric) if made else contents_of(package),
        lambda arrays: contents_fit(arrays, package.manifest),
        note,
    )
    words = _stored_words(cache, package.digest, made.words, Outline.of(arrays)) if made else None
    return Opened(package.manifest, arrays, package.digest, words)


@dataclass(frozen=True)
class _Indexed:
    """Arrays made from chunks alone."""

    texts: Arrays
    words: Arrays


def _indexed(
    cache: Path, manifest: Manifest, digest: str, encoded: Sequence[bytes], chunks: Sequence[Chunk]
) -> _Indexed | None:
    """Arrays of the chunks, made while vectors are read; None if cached, or if the package is too large."""
    if _file(cache, digest, manifest).exists() or len(chunks) > BLOCK:
        return None
    texts = _text_arrays(encoded, chunks)
    return _Indexed(texts, lexical_arrays((chunk.text for chunk in chunks), Outline.of(texts)))


def _stored_words(cache: Path, digest: str, made: Arrays, outline: Outline) -> Arrays:
    """Store the lexical index in the file from which `LexicalIndex.open` reads it."""
    file = cache / digest[:32] / f"words-{LEXICAL_VERSION}.bin"
    return stored(file, lambda: made, lambda found: words_fit(found, outline))


def _file(cache: Path, digest: str, manifest: Manifest) -> Path:
    return cache / digest[:32] / f"contents-{VERSION}-{manifest.hnsw_config.metric.lower()}.bin"


def contents_of(package: Package) -> dict[str, NDArray[Any]]:
    """Contents of a package that was read."""
    return contents_from(package.documents, package.chunks, package.vectors, package.manifest.hnsw_config.metric)


def contents_from(
    encoded: Sequence[bytes], chunks: Sequence[Chunk], vectors: Vectors, metric: Metric
) -> dict[str, NDArray[Any]]:
    """Contents of a package with these chunks, `encoded` as JSON, and vectors, float32, (n, dim)."""
    return _with_vectors(_text_arrays(encoded, chunks), vectors, metric)


def _text_arrays(encoded: Sequence[bytes], chunks: Sequence[Chunk]) -> dict[str, NDArray[Any]]:
    documents = documents_of(chunks)
    return {**chunk_arrays(encoded, chunks), **document_arrays(documents), **outline_arrays(chunks, documents)}


def _with_vectors(texts: Arrays, vectors: Vectors, metric: Metric) -> dict[str, NDArray[Any]]:
    return {**texts, **vector_arrays(vectors, metric, Outline.of(texts))}


def vector_arrays(vectors: Vectors, metric: Metric, outline: Outline) -> dict[str, NDArray[Any]]:
    """Arrays of vectors: as given, as unit rows if needed by the metric, document centres, and chance level."""
    rows = unit_rows(vectors) if metric == "Cosine" else vectors
    arrays: dict[str, NDArray[Any]] = {"vectors": vectors}
    if rows is not vectors:
        arrays["unit_vectors"] = rows
    arrays["page_centres"] = _centres(rows, outline)
    arrays["chance"] = np.array([_chance(DenseIndex(rows, metric), outline)], dtype=np.float64)
    return arrays


def _centres(vectors: Vectors, outline: Outline) -> Vectors:
    """Mean direction of each document's chunks: float32, (documents, dim), unit rows."""
    order = np.argsort(outline.document_of, kind="stable")
    starts = np.searchsorted(outline.document_of[order], np.arange(outline.documents + 1))
    centres = np.zeros((outline.documents, vectors.shape[1]), dtype=np.float32)
    for first in range(0, outline.documents, _PAGES_AT_ONCE):
        some = starts[first : first + _PAGES_AT_ONCE + 1]
        here = order[some[0] : some[-1]]
        is_in_place = np.array_equal(here, np.arange(some[0], some[-1]))  # as for most packages; avoids a copy
        rows = vectors[some[0] : some[-1]] if is_in_place else vectors[here]
        centres[first : first + _PAGES_AT_ONCE] = np.add.reduceat(rows, some[:-1] - some[0], axis=0)
    return np.asarray(centres / np.maximum(np.linalg.norm(centres, axis=1, keepdims=True), 1e-12), dtype=np.float32)


def _chance(dense: DenseIndex, outline: Outline) -> float:
    """Similarity that 19 in 20 pairs of chunks of different documents exceed, limited to 0 to 0.95.

    The mean would be higher in a cartridge about a single topic, although unrelated queries are no nearer to it.
    """
    picks = np.random.default_rng(0).integers(0, max(len(dense.vectors), 1), (2, CHANCE_PAIRS))
    if len(dense.vectors) == 0:
        return 0.0
    first, second = picks[:, outline.document_of[picks[0]] != outline.document_of[picks[1]]]
    if len(first) == 0:
        return 0.0
    lowest = float(np.quantile(dense.pair_similarity(first, second), UNLIKE))
    return min(max(lowest, 0.0), 0.95)


def contents_fit(arrays: Arrays, manifest: Manifest) -> bool:
    """Return true if the arrays are consistent with each other and the manifest, and contain valid ids only."""
    vectors = arrays["vectors"]
    count, dimensions = len(vectors), manifest.embedding_spec.dimensions
    matrices = [arrays[name] for name in ("vectors", "unit_vectors", "page_centres") if name in arrays]
    return (
        all(
            matrix.ndim == 2 and matrix.dtype.str == "<f4" and matrix.shape[1] == vectors.shape[1]
            for matrix in matrices
        )
        and (count == 0 or vectors.shape[1] == dimensions)
        and len(arrays.get("unit_vectors", vectors)) == count
        and chunk_arrays_fit(arrays)
        and len(arrays["text_lengths"]) == count
        and outline_fits(arrays, count)
        and documents_fit(arrays)
        and len(arrays["page_centres"]) == len(arrays["page_starts"]) - 1
        and arrays["chance"].shape == (1,)
        and 0 <= float(arrays["chance"][0]) <= 0.95
    )
