"""Writing a package's companions, so that opening it requires no indexing."""

import contextlib
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from vrom.errors import PackageError
from vrom.format.companions import NAMES, VERSION, declared_tokens
from vrom.format.limits import DEFAULT_LIMITS, Limits
from vrom.format.manifest import RECORD_FILE, package_file
from vrom.format.models import Chunk, FileDigests, Manifest
from vrom.format.read import Vectors, read_package
from vrom.format.write import chunk_json, ensure_replaceable, manifest_json, write_tokens
from vrom.index.contents import contents_from
from vrom.index.dense.dense_index import EXACT_UP_TO
from vrom.index.dense.hnsw import save_graph
from vrom.index.lexical.bm25 import VERSION as LEXICAL_VERSION
from vrom.index.lexical.build import lexical_arrays
from vrom.index.outline import Outline
from vrom.storage.array_file import Arrays, array_parts
from vrom.storage.atomic import replacing, sync_file, write_file
from vrom.storage.digest import sha256_of

Progress = Callable[[str], None]
"""Called with the name of the companion being made: contents, words, graph."""


def pack(folder: Path, limits: Limits = DEFAULT_LIMITS, progress: Progress = lambda _: None) -> Manifest:
    """Make the companions of the package in `folder` from its `index.json`, replacing existing ones.

    The folder is replaced atomically. Raises `PackageError` if the package can't be read or the folder can't be
    written.
    """
    ensure_replaceable(folder)
    package = read_package(folder, limits)
    progress("contents")
    contents = contents_from(package.documents, package.chunks, package.vectors, package.manifest.hnsw_config.metric)
    kept = [package.manifest.files.index, package.manifest.files.chunks, RECORD_FILE]
    with _written(folder) as new:
        for name in kept:
            _link(package_file(folder, name, "files"), new / name)
        digests = {"index": _digest(new / kept[0]), "chunks": _digest(new / kept[1])}
        manifest = package.manifest.model_copy(
            update={"sha256": FileDigests.model_validate({k: v for k, v in digests.items() if v})}
        )
        declared = _keep_tokens(folder, package.manifest, new)
        return _write(new, manifest, contents, package.chunks, progress, declared)


def write_packed(
    folder: Path,
    manifest: Manifest,
    vectors: Vectors,
    chunks: Sequence[Chunk],
    progress: Progress = lambda _: None,
    tokens: Arrays | None = None,
) -> Manifest:
    """Write a package that consists of a manifest and companions, replacing the one in `folder`.

    For packages whose `index.json` would be too large to read: row i of `vectors`, float32, (n, dim), and `chunks[i]`
    belong together; `tokens` as in `write_package`. Raises `PackageError` if `folder` contains anything else or can't
    be written.
    """
    ensure_replaceable(folder)
    progress("contents")
    contents = contents_from([chunk_json(chunk) for chunk in chunks], chunks, vectors, manifest.hnsw_config.metric)
    with _written(folder) as new:
        declared = {"tokens": write_tokens(new, manifest, tokens)} if tokens else {}
        return _write(new, manifest.model_copy(update={"sha256": None}), contents, chunks, progress, declared)


def write_words_only(folder: Path, manifest: Manifest, chunks: Sequence[Chunk]) -> Manifest:
    """Write a package whose chunks have no vectors yet, replacing the one in `folder`.

    Rows of zeros stand for the vectors, and `manifest` must say so, see `Manifest.awaits_vectors`. Raises
    `PackageError` as `write_packed` does.
    """
    ensure_replaceable(folder)
    vectors = np.zeros((len(chunks), manifest.embedding_spec.dimensions), dtype=np.float32)
    contents = contents_from([chunk_json(chunk) for chunk in chunks], chunks, vectors, manifest.hnsw_config.metric)
    with _written(folder) as new:
        return _write(new, manifest.model_copy(update={"sha256": None}), contents, chunks, lambda _: None, {})


@contextlib.contextmanager
def _written(folder: Path) -> Any:
    try:
        with replacing(folder) as new:
            yield new
    except OSError as error:
        problem = error.strerror or str(error)
        raise PackageError(f"{folder} can't be written ({problem}). Check space and permissions.") from error


def _write(
    new: Path,
    manifest: Manifest,
    contents: Arrays,
    chunks: Sequence[Chunk],
    progress: Progress,
    declared: Mapping[str, Any],
) -> Manifest:
    """Write the companions made from contents and the manifest, with those `declared` already."""
    digests = {}
    about = {"corpus_hash": manifest.corpus_hash}
    digests["contents"] = write_file(new / NAMES["contents"], array_parts(contents, about))
    progress("words")
    words = lexical_arrays((chunk.text for chunk in chunks), Outline.of(contents))
    digests["words"] = write_file(
        new / NAMES["words"], array_parts(words, {"contents": digests["contents"], "version": LEXICAL_VERSION})
    )
    vectors = contents.get("unit_vectors", contents["vectors"])
    if len(vectors) > EXACT_UP_TO and not manifest.awaits_vectors:
        progress("graph")
        save_graph(new / NAMES["graph"], vectors, manifest.hnsw_config.metric)
        sync_file(new / NAMES["graph"])
        digests["graph"] = sha256_of(new / NAMES["graph"])
    manifest = manifest.model_copy(update={"companions": {**_declared(new, digests), **declared}})
    write_file(new / "manifest.json", [manifest_json(manifest)])
    return manifest


def _declared(folder: Path, digests: Mapping[str, str]) -> dict[str, Any]:
    files = {
        name: {"file": NAMES[name], "bytes": (folder / NAMES[name]).stat().st_size, "sha256": digest}
        for name, digest in digests.items()
    }
    return {"version": VERSION, **files}


def _keep_tokens(folder: Path, manifest: Manifest, new: Path) -> dict[str, Any]:
    """Take the package's word pieces over, as only the model can make them; return what the manifest declares."""
    tokens = declared_tokens(manifest)
    file = package_file(folder, tokens.file, "companions.tokens.file") if tokens else None
    if tokens is None or file is None or not file.is_file():
        return {}
    _link(file, new / NAMES["tokens"])
    return {"tokens": {**tokens.model_dump(), "file": NAMES["tokens"]}}


def _digest(file: Path) -> str:
    """SHA-256 of a file in hex; empty if it doesn't exist."""
    try:
        return sha256_of(file)
    except FileNotFoundError:
        return ""


def _link(file: Path, to: Path) -> None:
    """Hard-link a file, or copy it if links aren't supported; do nothing if it doesn't exist."""
    if not file.is_file():
        return
    try:
        to.hardlink_to(file)
    except OSError:
        shutil.copyfile(file, to)
