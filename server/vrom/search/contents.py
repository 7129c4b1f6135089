"""What a cartridge consists of, as arrays: made once from a package, opened as a map ever after.

Chunks as JSON, vectors, documents, outline, and what the vectors have in common. With them nothing of a package needs
to be read again, and nothing is held that isn't used.
"""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vrom.package.arrays import Arrays
from vrom.package.limits import DEFAULT_LIMITS, Limits
from vrom.package.manifest import package_file, read_manifest
from vrom.package.models import Manifest, Metric
from vrom.package.read import Package, Vectors, of_one_state, read_package
from vrom.package.stored_chunks import chunk_arrays, chunk_arrays_fit
from vrom.search.dense import DenseIndex, unit_rows
from vrom.search.documents import document_arrays, documents_fit, documents_of
from vrom.search.known import fingerprint_of, known_digest, note_digest
from vrom.search.outline import Outline, outline_arrays, outline_fits
from vrom.search.stored import open_stored, stored

VERSION = 1
"""Of what is kept on disk: raised whenever an array is made in another way."""
CHANCE_PAIRS = 4_000
"""Pairs of chunks whose similarity is averaged to know what similarity is worth nothing."""
_PAGES_AT_ONCE = 4_096

Opened = tuple[Manifest, Arrays, str]
"""A package's manifest, its contents, and the digest that tells them from others."""


def open_contents(folder: Path, cache: Path | None, limits: Limits = DEFAULT_LIMITS) -> Opened:
    """The contents of the package in `folder`: mapped where they were made before, and else made.

    Raises `PackageError` when the package can't be read, or not within the limits.
    """
    return of_one_state(folder, lambda: _open(folder, cache, limits))


def _open(folder: Path, cache: Path | None, limits: Limits) -> Opened:
    if cache is None:
        package = read_package(folder, limits)
        return package.manifest, contents_of(package), package.digest
    manifest = read_manifest(folder)
    files = manifest.files
    before = fingerprint_of(
        [package_file(folder, files.index, "files.index"), package_file(folder, files.chunks, "files.chunks")]
    )
    digest = known_digest(cache, folder, before)
    if digest is not None and before[0] and before[0][2] <= limits.file_bytes:
        found = open_stored(_file(cache, digest, manifest), lambda arrays: contents_fit(arrays, manifest))
        if found is not None:
            return manifest, found, digest
    package = read_package(folder, limits)
    arrays = stored(
        _file(cache, package.digest, package.manifest),
        lambda: contents_of(package),
        lambda arrays: contents_fit(arrays, package.manifest),
    )
    if package.manifest.files == files:
        note_digest(cache, folder, before, package.digest)
    return package.manifest, arrays, package.digest


def _file(cache: Path, digest: str, manifest: Manifest) -> Path:
    return cache / digest[:32] / f"contents-{VERSION}-{manifest.hnsw_config.metric.lower()}.bin"


def contents_of(package: Package) -> dict[str, NDArray[Any]]:
    """The contents of a package that was read."""
    documents = documents_of(package.chunks)
    outline = outline_arrays(package.chunks, documents)
    metric = package.manifest.hnsw_config.metric
    return {
        **chunk_arrays(package.documents, package.chunks),
        **document_arrays(documents),
        **outline,
        **vector_arrays(package.vectors, metric, Outline.of(outline)),
    }


def vector_arrays(vectors: Vectors, metric: Metric, outline: Outline) -> dict[str, NDArray[Any]]:
    """The vectors; of unit length as well, where the metric asks for that and they aren't; centres of pages; chance."""
    rows = unit_rows(vectors) if metric == "Cosine" else vectors
    arrays: dict[str, NDArray[Any]] = {"vectors": vectors}
    if rows is not vectors:
        arrays["unit_vectors"] = rows
    arrays["page_centres"] = _centres(rows, outline)
    arrays["chance"] = np.array([_chance(DenseIndex(rows, metric), outline)], dtype=np.float64)
    return arrays


def _centres(vectors: Vectors, outline: Outline) -> Vectors:
    """The direction in which a page's chunks lie: float32, (pages, dim), unit rows."""
    order = np.argsort(outline.page_of, kind="stable")
    starts = np.searchsorted(outline.page_of[order], np.arange(outline.pages + 1))
    centres = np.zeros((outline.pages, vectors.shape[1]), dtype=np.float32)
    for first in range(0, outline.pages, _PAGES_AT_ONCE):
        some = starts[first : first + _PAGES_AT_ONCE + 1]
        rows = vectors[order[some[0] : some[-1]]]
        centres[first : first + _PAGES_AT_ONCE] = np.add.reduceat(rows, some[:-1] - some[0], axis=0)
    return np.asarray(centres / np.maximum(np.linalg.norm(centres, axis=1, keepdims=True), 1e-12), dtype=np.float32)


def _chance(dense: DenseIndex, outline: Outline) -> float:
    """The mean similarity of chunks of different pages."""
    picks = np.random.default_rng(0).integers(0, max(len(dense.vectors), 1), (2, CHANCE_PAIRS))
    if len(dense.vectors) == 0:
        return 0.0
    first, second = picks[:, outline.page_of[picks[0]] != outline.page_of[picks[1]]]
    if len(first) == 0:
        return 0.0
    mean = float(np.mean(dense.pair_similarity(first, second)))
    return min(max(mean, 0.0), 0.95)


def contents_fit(arrays: Arrays, manifest: Manifest) -> bool:
    """Whether the arrays are those of one cartridge, as many as there are chunks, and point at nothing else."""
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
