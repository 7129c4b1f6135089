"""Reading a package folder: one pass over `index.json` gives a float32 matrix and the chunks.

Everything that a search needs is checked, and an invalid package is refused with the field named. Other problems (a
graph with unreachable nodes, inconsistent pointers) are reported by `verify`.
"""

import contextlib
import gc
import hashlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, TypeVar

import numpy as np
import orjson
from numpy.typing import NDArray
from pydantic import FailFast, TypeAdapter, ValidationError

from vrom.errors import PackageBrokenError, PackageError
from vrom.format.limits import DEFAULT_LIMITS, PER_NODE, Limits, Meter, loads
from vrom.format.manifest import broken, package_file, read_bytes, read_manifest
from vrom.format.models import MAX_DIMENSIONS, Chunk, HnswConfig, Manifest
from vrom.format.vectors.from_json import named, parsed_vectors
from vrom.format.vectors.from_text import cut_apart

Vectors = NDArray[np.float32]
"""float32, (n, dim); rows are of unit length if the manifest says `normalized`."""

T = TypeVar("T")

Work = Callable[[str, Sequence[bytes], Sequence[Chunk]], T]
"""Function called with the digest of a package, the JSON of each chunk, and the chunks."""

_CHUNKS = TypeAdapter(Annotated[list[Chunk], FailFast()])


@dataclass(frozen=True)
class Graph:
    """HNSW graph as the file holds it: `neighbors[node][layer]` is a list of node ids."""

    config: HnswConfig
    neighbors: Sequence[Sequence[Sequence[int]]]
    entry_point: int | None
    max_layer: int


@dataclass(frozen=True)
class Package:
    """Package read into memory. Row i of `vectors`, `chunks[i]` and node i of `graph` belong together."""

    folder: Path
    manifest: Manifest
    vectors: Vectors
    chunks: Sequence[Chunk]
    graph: Graph
    documents: Sequence[bytes]
    """JSON of every chunk, as in the package."""
    digest: str
    """SHA-256 in hex of the files that were read, except the manifest: the key of the caches."""


def read_package(folder: Path, limits: Limits = DEFAULT_LIMITS) -> Package:
    """Read a whole package, all files from the same state of it, even while it is being replaced.

    Raises `PackageNotFoundError` if a file is missing, `PackageBrokenError` with the invalid field, `PackageLimitError`
    if reading would exceed `limits`.
    """
    return read_beside(folder, limits, lambda *_: None)[0]


def read_beside(folder: Path, limits: Limits, work: Work[T]) -> tuple[Package, T]:
    """Read a package like `read_package`, and run `work` while its vectors are read.

    The result of `work` is only valid if this function doesn't raise.
    """
    with _collecting_later():
        return of_one_state(folder, lambda: _read_files(folder, Meter(limits), work))


def of_one_state(folder: Path, read: Callable[[], T]) -> T:
    """Call `read`, again if the folder was replaced meanwhile, so that all it reads is of one state of the folder."""
    while True:
        before = _identity(folder)
        try:
            found = read()
        except PackageError:
            if _identity(folder) == before:
                raise
            continue  # mixed files of two states, or the old folder is gone
        if _identity(folder) == before:
            return found


def _identity(folder: Path) -> tuple[int, ...]:
    """Value that changes when another folder replaces this one."""
    try:
        found = folder.stat()
    except OSError:
        return ()
    return (found.st_dev, found.st_ino, found.st_mtime_ns)


def _read_files(folder: Path, meter: Meter, work: Work[T]) -> tuple[Package, T]:
    manifest = read_manifest(folder)
    file = package_file(folder, manifest.files.index, "files.index")
    raw = read_bytes(file, meter.limits.file_bytes)
    with ThreadPoolExecutor(1, "vrom-read") as beside:  # hashing releases the GIL, numpy often does
        digesting = beside.submit(hashlib.sha256, raw)
        meter.afford(file, raw)
        meter.spend(file, "", len(raw))  # for the copy without the vectors
        apart = cut_apart(raw)
        index = apart.index if apart else loads(file, raw)
        try:
            nodes, dim = _nodes_of(file, manifest, index)
            reading = beside.submit(apart.vectors if apart else lambda: None)
            documents, chunks, digest = _chunks_and_digest(folder, manifest, file, nodes, meter, digesting.result())
            made = work(digest, documents, chunks)
        except PackageError:
            if apart:
                _parsed(file, raw, meter)  # raises if it isn't JSON
            raise
        vectors = reading.result()
    if vectors is None:
        vectors = parsed_vectors(file, _parsed(file, raw, meter)["nodes"] if apart else nodes, dim, meter)
    package = Package(folder, manifest, vectors, chunks, _graph_of(file, index, nodes), documents, digest)
    return package, made


def _parsed(file: Path, raw: bytes, meter: Meter) -> Any:
    """Parse the whole document that was cut apart before."""
    meter.afford(file, raw)
    return loads(file, raw)


def _nodes_of(file: Path, manifest: Manifest, index: Any) -> tuple[list[Any], int]:
    """Nodes of the index, and the dimension of their vectors."""
    if not isinstance(index, dict):
        raise PackageBrokenError(file, "", f"it holds {named(type(index))}, expected an object")
    nodes: list[Any] = _require(file, index, "nodes", list)
    dim: int = _require(file, index, "dim", int)
    _check_dimensions(file, manifest, dim, nodes)
    return nodes, dim


def _chunks_and_digest(
    folder: Path, manifest: Manifest, file: Path, nodes: list[Any], meter: Meter, digest: "hashlib._Hash"
) -> tuple[list[bytes], list[Chunk], str]:
    """JSON of every chunk, the chunks, and the digest of the files read; `digest` starts with the index file."""
    if _has_metadata(file, nodes):
        documents, chunks = _chunks_of(file, nodes, meter)
    else:
        listed = package_file(folder, manifest.files.chunks, "files.chunks")
        raw_chunks = read_bytes(listed, meter.limits.file_bytes)
        digest.update(raw_chunks)
        documents, chunks = _listed_chunks(listed, raw_chunks, meter)
    if len(chunks) != len(nodes):
        raise PackageBrokenError(file, "nodes", f"{len(nodes)} nodes, but {len(chunks)} chunks")
    return documents, chunks, digest.hexdigest()


@contextlib.contextmanager
def _collecting_later() -> Iterator[None]:
    """Pause the garbage collector, as reading creates a million live objects: saves a fifth of the reading time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def read_chunks(folder: Path, manifest: Manifest, meter: Meter | None = None) -> list[Chunk]:
    """Read `chunks.json`, which packages pulled by the browser's client lack.

    Raises `PackageNotFoundError` if it doesn't exist, `PackageBrokenError` if it isn't a list of chunks.
    """
    meter = meter or Meter()
    file = package_file(folder, manifest.files.chunks, "files.chunks")
    return _listed_chunks(file, read_bytes(file, meter.limits.file_bytes), meter)[1]


def _listed_chunks(file: Path, raw: bytes, meter: Meter) -> tuple[list[bytes], list[Chunk]]:
    listed = meter.parse(file, raw)
    meter.spend(file, "", PER_NODE * (len(listed) if isinstance(listed, list) else 0))
    try:
        chunks = _CHUNKS.validate_python(listed)
    except ValidationError as error:
        raise broken(file, error) from error
    _check_ids(file, chunks, "[{}].chunk_id")
    return [orjson.dumps(one) for one in listed], chunks


def _require(file: Path, document: dict[str, Any], key: str, kind: type) -> Any:
    if key not in document:
        raise PackageBrokenError(file, key, f"the key is missing, expected {named(kind)}")
    value = document[key]
    if not isinstance(value, kind) or isinstance(value, bool):
        raise PackageBrokenError(file, key, f"it is {named(type(value))}, expected {named(kind)}")
    return value


def _check_dimensions(file: Path, manifest: Manifest, dim: int, nodes: list[Any]) -> None:
    expected = manifest.embedding_spec.dimensions
    if not 0 <= dim <= MAX_DIMENSIONS:
        raise PackageBrokenError(file, "dim", f"{dim}, expected at most {MAX_DIMENSIONS:,}")
    if dim != expected and nodes:
        problem = f"{dim}, but embedding_spec.dimensions in the manifest is {expected}"
        raise PackageBrokenError(file, "dim", problem)


def _has_metadata(file: Path, nodes: list[Any]) -> bool:
    for i, node in enumerate(nodes):
        if not isinstance(node, dict):
            raise PackageBrokenError(file, f"nodes[{i}]", f"it is {named(type(node))}, expected an object")
    return all(node.get("metadata") is not None for node in nodes)


def _chunks_of(file: Path, nodes: list[Any], meter: Meter) -> tuple[list[bytes], list[Chunk]]:
    meter.spend(file, "nodes", PER_NODE * len(nodes))
    documents: list[bytes] = []
    metadata: list[Any] = []
    for i, node in enumerate(nodes):
        text = node["metadata"]
        if not isinstance(text, str):
            raise PackageBrokenError(file, f"nodes[{i}].metadata", f"{named(type(text))}, expected a JSON string")
        documents.append(text.encode())
        metadata.append(meter.parse(file, documents[-1], f"nodes[{i}].metadata"))
    try:
        chunks = _CHUNKS.validate_python(metadata)
    except ValidationError as error:
        raise broken(file, error, "nodes[{}].metadata") from error
    _check_ids(file, chunks, "nodes[{}].metadata.chunk_id")
    return documents, chunks


def _check_ids(file: Path, chunks: Sequence[Chunk], field: str) -> None:
    """Raise `PackageBrokenError` unless each chunk's id is its position, as clients follow pointers as node ids."""
    for i, chunk in enumerate(chunks):
        if chunk.chunk_id != i:
            problem = f"{chunk.chunk_id}, expected {i}: a chunk's id is its node's position"
            raise PackageBrokenError(file, field.format(i), problem)


def _graph_of(file: Path, index: dict[str, Any], nodes: list[Any]) -> Graph:
    try:
        config = HnswConfig.model_validate(_require(file, index, "config", dict))
    except ValidationError as error:
        raise broken(file, error, "config") from error
    entry_point = index.get("entry_point")
    if entry_point is not None and (isinstance(entry_point, bool) or not isinstance(entry_point, int)):
        raise PackageBrokenError(file, "entry_point", f"{named(type(entry_point))}, expected an integer or null")
    return Graph(
        config=config,
        neighbors=[node.get("neighbors") for node in nodes],
        entry_point=entry_point,
        max_layer=_require(file, index, "max_layer", int),
    )
