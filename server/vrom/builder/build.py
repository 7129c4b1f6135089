"""Build a package from sources: read, cut, embed, link, write.

The same documents, request, model and vrom version give the same bytes on any number of cores. Cached embeddings are
reused, and a package whose inputs are unchanged is not rewritten.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vrom.builder.chunking.chunker import chunk_documents
from vrom.builder.chunking.preview import make_budget
from vrom.builder.embedding.cache import EmbeddingCache
from vrom.builder.embedding.embed import embed_texts
from vrom.builder.graph.hnsw import build_graph
from vrom.builder.manifest import add_build_record, digest_inputs, find_unchanged, make_manifest
from vrom.builder.read_sources import ReadResult, read_documents
from vrom.builder.request import BuildRequest
from vrom.builder.sources.read import NO_CONTEXT, LocalContext
from vrom.embedding.agreement import embedded_text
from vrom.embedding.model_store import ModelStore
from vrom.errors import NoTextError
from vrom.format.chunk_table import StoredChunks
from vrom.format.graph import recall
from vrom.format.manifest import read_manifest
from vrom.format.models import AWAITED, Chunk, Manifest
from vrom.format.write import ensure_replaceable, without_companions, write_package
from vrom.index.contents import open_contents
from vrom.index.pack.write import write_packed, write_words_only

if TYPE_CHECKING:
    from vrom.builder.document import Skipped

Progress = Callable[[str, int, int | None], None]
"""Callback with the stage, the units done, and the total (None while unknown)."""

JSON_UP_TO = 150_000
"""Chunk count above which only companions are written: `index.json` would be 1 GB or more."""
RECALL_QUERIES = 1000
"""Approximate number of vectors, evenly spaced, used as queries to measure recall."""


@dataclass(frozen=True)
class Built:
    """Result of a build, for display."""

    folder: Path
    manifest: Manifest
    read: ReadResult
    embedded: int = 0
    """Number of texts embedded by this build; the others came from the cache."""
    unchanged: bool = False
    """True if `folder` already held a package built from the same inputs."""
    seconds: dict[str, float] = field(default_factory=dict)
    """Duration of each stage."""

    @property
    def record(self) -> dict[str, Any]:
        """The manifest's `build` record; empty if absent."""
        return dict((self.manifest.model_extra or {}).get("build", {}))


def build(
    request: BuildRequest,
    folder: Path,
    *,
    store: ModelStore,
    cache: Path,
    context: LocalContext = NO_CONTEXT,
    created_at: datetime | None = None,
    partial: bool = False,
    strict: bool = False,
    progress: Progress = lambda *_: None,
) -> Built:
    """Build a package in `folder`, replacing any package already there.

    `store` provides the model; `cache` is the folder of fetched web pages and embeddings. `context` is about sources on
    this machine. `created_at` is the time to record; None means now, and then a package with unchanged inputs is kept.
    `partial` and `strict` are as in `read_documents`.

    Raises `BuildError` if the sources give no text, `PartialError` and `LeftOutError` as `read_documents` does,
    `PackageError` if `folder` can't be used, `ModelMissingError` and `ModelBrokenError`; `folder` is then unchanged.
    """
    ensure_replaceable(folder)
    stages = Stages(progress)
    with stages("read") as done:
        pages = cache / "pages"
        read = read_documents(
            request, pages, context=context, partial=partial, strict=strict, progress=lambda count: done(count, None)
        )
    inputs = digest_inputs(request, read, store.find_digest(request.spec))
    if manifest := find_unchanged(folder, inputs, created_at):
        return Built(folder, manifest, read, unchanged=True, seconds=stages.seconds)
    read, manifest, chunks = _cut(request, read, inputs, store, created_at, stages)
    manifest, embedded = _embed_and_write(folder, request, manifest, chunks, store, cache, stages)
    return Built(folder, manifest, read, embedded, seconds=stages.seconds)


def build_words(
    request: BuildRequest,
    folder: Path,
    read: ReadResult,
    *,
    store: ModelStore,
    created_at: datetime | None = None,
    progress: Progress = lambda *_: None,
) -> Built:
    """Build a package of documents that were read already, to be searched by words until `add_vectors`.

    Raises as `build` does.
    """
    ensure_replaceable(folder)
    stages = Stages(progress)
    inputs = digest_inputs(request, read, store.find_digest(request.spec))
    if manifest := find_unchanged(folder, inputs, created_at):
        return Built(folder, manifest, read, unchanged=True, seconds=stages.seconds)
    read, manifest, chunks = _cut(request, read, inputs, store, created_at, stages)
    manifest = _with_figures(manifest, vectors=AWAITED)
    with stages("write"):
        manifest = write_words_only(folder, manifest, chunks)
    return Built(folder, manifest, read, seconds=stages.seconds)


def add_vectors(
    folder: Path, *, store: ModelStore, cache: Path, progress: Progress = lambda *_: None
) -> tuple[Manifest, int]:
    """Embed the chunks of a package that `build_words` made; return its manifest and the number of texts embedded.

    The package is replaced atomically. Raises `PackageError` if it can't be read, and as `build` does.
    """
    manifest = read_manifest(folder)
    request = BuildRequest.of(manifest)
    chunks = list(StoredChunks(open_contents(folder, None).contents))
    record = {key: value for key, value in dict((manifest.model_extra or {})["build"]).items() if key != "vectors"}
    whole = without_companions(manifest).model_copy(update={"build": record})
    return _embed_and_write(folder, request, whole, chunks, store, cache, Stages(progress))


def _cut(
    request: BuildRequest,
    read: ReadResult,
    inputs: str,
    store: ModelStore,
    created_at: datetime | None,
    stages: "Stages",
) -> tuple[ReadResult, Manifest, Sequence[Chunk]]:
    """Cut documents into chunks, and describe them in a manifest; documents that can't be cut are skipped."""
    embedder = store.open(request.spec)
    uncut: list[Skipped] = []
    with stages("cut") as done:
        budget = make_budget(request, embedder)
        chunks = chunk_documents(read.documents, budget, request.url_of, done, uncut.append)
    if uncut:
        names = {one.name for one in uncut}
        cut = [document for document in read.documents if document.source_file not in names]
        read = ReadResult(cut, [*read.skipped, *uncut], read.origins)
    if not chunks:
        raise NoTextError(f"No text found in {', '.join(request.sources)}: every page is empty.")
    manifest = make_manifest(request, request.version_of(read.origins), chunks, created_at or datetime.now(UTC))
    repeated = sum("repeats" in (chunk.model_extra or {}) for chunk in chunks)
    return read, add_build_record(manifest, request, read, inputs, repeated=repeated), chunks


def _embed_and_write(
    folder: Path,
    request: BuildRequest,
    manifest: Manifest,
    chunks: Sequence[Chunk],
    store: ModelStore,
    cache: Path,
    stages: "Stages",
) -> tuple[Manifest, int]:
    embedder = store.open(request.spec)
    with stages("embed") as done:
        known = EmbeddingCache(cache / "embeddings", store.find_digest(request.spec), embedder.dimensions)
        texts = [embedded_text(chunk, manifest) for chunk in chunks]
        made = embed_texts(texts, embedder, known, done)
        vectors = made.vectors
    with stages("link") as done:
        done(0, 1)
        graph = build_graph(vectors, request.config, request.seed) if len(chunks) <= JSON_UP_TO else None
        found = recall(graph, vectors, vectors[:: -(-len(vectors) // RECALL_QUERIES)]) if graph else None
        done(1, 1)
    with stages("write") as done:
        done(0, 1)
        if found is not None:
            manifest = _with_figures(manifest, recall_at_10=round(found, 4))
        manifest = _with_pooling(manifest, is_by_rarity=made.tokens is not None)
        if graph:
            write_package(folder, manifest, vectors, chunks, graph, made.tokens)
        else:
            manifest = write_packed(folder, manifest, vectors, chunks, tokens=made.tokens)
        done(1, 1)
    return manifest, made.embedded


def _with_pooling(manifest: Manifest, *, is_by_rarity: bool) -> Manifest:
    """The manifest, saying how vectors were pooled if not by the mean alone."""
    if not is_by_rarity:
        return manifest
    strategy = manifest.chunk_strategy.model_copy(update={"pooling": "mean and inverse document frequency"})
    return manifest.model_copy(update={"chunk_strategy": strategy})


def _with_figures(manifest: Manifest, **figures: Any) -> Manifest:
    record = dict((manifest.model_extra or {}).get("build", {}))
    return manifest.model_copy(update={"build": record | figures})


class Stages:
    """Reports the progress of each stage and records its duration."""

    def __init__(self, progress: Progress) -> None:
        self.seconds: dict[str, float] = {}
        """Duration of each finished stage."""
        self._progress = progress

    @contextmanager
    def __call__(self, stage: str) -> Iterator[Callable[[int, int | None], None]]:
        """Run a stage as a context, which gives a callback for the units done and their total."""
        begun = time.perf_counter()
        self._progress(stage, 0, None)
        yield lambda done, total: self._progress(stage, done, total)
        self.seconds[stage] = time.perf_counter() - begun
