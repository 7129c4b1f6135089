"""Writing a package folder: the three files as every reader of the format accepts them, byte-reproducible.

Vector components are printed with no more digits than float32 needs. The folder is replaced atomically, see
`replacing`.
"""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from vrom.errors import PackageError
from vrom.format.companions import NAMES, VERSION
from vrom.format.manifest import RECORD_FILE, package_file
from vrom.format.models import Chunk, FileDigests, HnswConfig, Manifest, PackageFiles, estimate_tokens
from vrom.format.read import Graph, Vectors
from vrom.storage.array_file import Arrays, array_parts
from vrom.storage.atomic import replacing, write_file

_NUMPY = orjson.OPT_SERIALIZE_NUMPY
_LINES = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE

# In the order in which the format's own builder writes them.
_METADATA = (
    "chunk_id", "text", "source_file", "section_heading", "prev_chunk_id", "next_chunk_id", "url", "doc_title"
)  # fmt: skip
_CHUNK = (
    "chunk_id", "text", "source_file", "section_heading", "char_start", "char_end", "token_estimate", "prev_chunk_id",
    "next_chunk_id", "url", "doc_title",
)  # fmt: skip


def write_package(
    folder: Path,
    manifest: Manifest,
    vectors: Vectors,
    chunks: Sequence[Chunk],
    graph: Graph,
    tokens: Arrays | None = None,
) -> None:
    """Write a package, replacing the one in `folder`; the manifest gets the digests of the other files.

    Row i of `vectors`, float32, (n, dim), `chunks[i]` and node i of `graph` belong together. `tokens` are the chunks'
    word pieces, see `vrom.index.tokens`. Raises `PackageError` if `folder` contains anything else or can't be written.
    """
    ensure_replaceable(folder)
    try:
        with replacing(folder) as new:
            index = write_file(package_file(new, manifest.files.index, "files.index"), _index(vectors, chunks, graph))
            listed = write_file(package_file(new, manifest.files.chunks, "files.chunks"), _chunk_list(chunks))
            digests = FileDigests(index=index, chunks=listed)
            manifest = without_companions(manifest).model_copy(update={"sha256": digests})
            if tokens:
                companions = {"version": VERSION, "tokens": write_tokens(new, manifest, tokens)}
                manifest = manifest.model_copy(update={"companions": companions})
            write_file(new / "manifest.json", [manifest_json(manifest)])
    except OSError as error:
        problem = error.strerror or str(error)
        raise PackageError(f"{folder} can't be written ({problem}). Check space and permissions.") from error


def write_tokens(new: Path, manifest: Manifest, tokens: Arrays) -> dict[str, Any]:
    """Write the companion with word pieces to the folder `new`; return what the manifest declares of it."""
    file = new / NAMES["tokens"]
    digest = write_file(file, array_parts(tokens, {"corpus_hash": manifest.corpus_hash}))
    return {"file": file.name, "bytes": file.stat().st_size, "sha256": digest}


def without_companions(manifest: Manifest) -> Manifest:
    """Copy of the manifest without `companions`."""
    extra = {key: value for key, value in (manifest.model_extra or {}).items() if key != "companions"}
    return Manifest.model_validate({name: getattr(manifest, name) for name in Manifest.model_fields} | extra)


def ensure_replaceable(folder: Path) -> None:
    """Raise `PackageError` if writing a package to `folder` would delete files that aren't a package's."""
    if not folder.exists():
        return
    if not folder.is_dir():
        raise PackageError(f"{folder} is a file, expected a folder to write a package to. Choose another folder.")
    own = {*PackageFiles().model_dump().values(), RECORD_FILE, *NAMES.values()}
    others = sorted({entry.name for entry in folder.iterdir()} - own)
    if others:
        raise PackageError(
            f"{folder} holds other things than a package ({', '.join(others[:3])}{', …' if others[3:] else ''}), "
            "and a package takes the place of a whole folder. Choose a folder of its own."
        )


def manifest_json(manifest: Manifest) -> bytes:
    """Contents of `manifest.json`."""
    return orjson.dumps(manifest.model_dump(mode="json", exclude_none=True), option=_LINES)


def _index(vectors: Vectors, chunks: Sequence[Chunk], graph: Graph) -> Iterator[bytes]:
    """Contents of `index.json`, node by node, as it is several times larger than its source data."""
    yield b'{"config":%b,"nodes":[' % orjson.dumps(_engine_config(graph.config))
    vectors = np.ascontiguousarray(vectors, dtype=np.float32)
    for i, (vector, chunk, layers) in enumerate(zip(vectors, chunks, graph.neighbors, strict=True)):
        node = {
            "vector": vector,
            "neighbors": layers,
            "max_layer": len(layers) - 1,
            "metadata": chunk_json(chunk).decode(),
        }
        yield (b",\n" if i else b"\n") + orjson.dumps(node, option=_NUMPY)
    tail = {"entry_point": graph.entry_point, "max_layer": graph.max_layer, "dim": vectors.shape[1]}
    yield b"\n]," + orjson.dumps(tail)[1:] + b"\n"


def _engine_config(config: HnswConfig) -> dict[str, Any]:
    return config.model_dump(include=set(HnswConfig.model_fields))


def chunk_json(chunk: Chunk) -> bytes:
    """JSON of a chunk, as `index.json` holds it in a string."""
    return orjson.dumps(_metadata(chunk))


def _metadata(chunk: Chunk) -> dict[str, Any]:
    """Chunk keys that the browser knows, then the keys of other readers."""
    document = chunk.model_dump(mode="json")
    own = {key: value for key, value in document.items() if key not in (*_METADATA, "token_estimate") and value}
    return {key: document[key] for key in _METADATA} | own


def _chunk_document(chunk: Chunk) -> dict[str, Any]:
    document = chunk.model_dump(mode="json") | {"token_estimate": estimate_tokens(chunk.text)}
    own = {key: value for key, value in document.items() if key not in _CHUNK and value}
    return {key: document[key] for key in _CHUNK} | own


def _chunk_list(chunks: Iterable[Chunk]) -> Iterator[bytes]:
    separator = b"[\n"
    for chunk in chunks:
        yield separator + orjson.dumps(_chunk_document(chunk))
        separator = b",\n"
    yield b"\n]\n" if separator == b",\n" else b"[]\n"
