"""The manifest of a package built by vrom: the format's keys, and a record of the build.

The extra key `source_commit` holds the commits of the git repositories that were read, for `vrom lock`. The extra key
`build` holds the request, so that the build can be repeated, and a digest of all inputs, so that an unchanged build can
be skipped.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

from vrom import __version__
from vrom.builder.document import Origin, Skipped
from vrom.builder.read_sources import ReadResult
from vrom.builder.request import BuildRequest
from vrom.builder.sources.left_out import LeftOut
from vrom.embedding.agreement import record_prefixes
from vrom.embedding.recipes import resolve
from vrom.errors import PackageError
from vrom.format.companions import companions_are_whole, stands_alone
from vrom.format.manifest import package_file, read_bytes, read_manifest
from vrom.format.models import Chunk, ChunkStrategy, Manifest, corpus_hash, estimate_tokens

_MOST_SKIPPED = 1000


def make_manifest(request: BuildRequest, version: str, chunks: Sequence[Chunk], created_at: datetime) -> Manifest:
    """The manifest for `chunks`, without the `build` record."""
    prefixes = record_prefixes(resolve(request.spec).prefixes)
    strategy = ChunkStrategy.model_validate(
        {"max_tokens": request.target, "embedded": "title path and text", **prefixes}
    )
    extra: dict[str, Any] = {"name": request.name} if request.name else {}
    extra["compatibility"] = {"vecdb_wasm": ">=0.1.0", "load_method": "VectorDB.load(json)"}
    return Manifest(
        vrom_id=request.vrom_id,
        version=version,
        description=request.description,
        source=request.source,
        embedding_spec=request.spec,
        hnsw_config=request.config,
        vector_count=len(chunks),
        total_tokens=sum(estimate_tokens(chunk.text) for chunk in chunks),
        total_chunks=len(chunks),
        corpus_hash=corpus_hash(chunk.text for chunk in chunks),
        created_at=created_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        chunk_strategy=strategy,
        **extra,
    )


def add_build_record(
    manifest: Manifest, request: BuildRequest, read: ReadResult, inputs: str, **figures: Any
) -> Manifest:
    """The manifest with the `build` record; no durations, which would differ from build to build."""
    record = {
        "tool": f"vrom {__version__}",
        "request": request.record(),
        "inputs": inputs,
        "origins": [origin for origin in map(_nonempty_fields, read.origins) if len(origin) > 1],
        "pages": len(read.documents),
        "skipped": [_nonempty_fields(replace(one, way_round="")) for one in read.skipped[:_MOST_SKIPPED]],
        **_describe_left_out(read.left_out),
        **figures,
    }
    commits = dict.fromkeys(origin.commit for origin in read.origins if origin.commit)
    return manifest.model_copy(update={"source_commit": " ".join(commits) or None, "build": record})


def _describe_left_out(left_out: LeftOut) -> dict[str, Any]:
    """Counts of what is missing, where something is, and of the remarks by subject."""
    counts = {"left_out": left_out.files, "torn_pages": left_out.torn_pages}
    remarks = {group.subject: group.count for group in left_out.remarks}
    return {name: count for name, count in counts.items() if count} | ({"remarks": remarks} if remarks else {})


def _nonempty_fields(one: Origin | Skipped) -> dict[str, Any]:
    return {key: value for key, value in asdict(one).items() if value and (key, value) != ("count", 1)}


def digest_inputs(request: BuildRequest, read: ReadResult, model_digest: str) -> str:
    """SHA-256 in hex of everything that determines the package, except its creation time."""
    digest = hashlib.sha256()
    parts = (*read.origins, *(document.fields() for document in read.documents), *read.skipped)
    for part in (__version__, model_digest, request.model_dump(mode="json"), *parts):
        digest.update(orjson.dumps(part) + b"\n")
    return digest.hexdigest()


def find_unchanged(folder: Path, inputs: str, created_at: datetime | None) -> Manifest | None:
    """The manifest of the package in `folder` if it is intact and was built from these inputs, else None.

    With `created_at`, the manifest's creation time must equal it, too.
    """
    try:
        manifest = read_manifest(folder)
    except PackageError:
        return None
    record = (manifest.model_extra or {}).get("build")
    if not isinstance(record, dict) or record.get("inputs") != inputs:
        return None
    if created_at is not None and manifest.created != created_at:
        return None
    is_whole = companions_are_whole(folder, manifest) and (
        stands_alone(folder, manifest) or _is_intact(folder, manifest)
    )
    return manifest if is_whole else None


def _is_intact(folder: Path, manifest: Manifest) -> bool:
    files = {"index": manifest.files.index, "chunks": manifest.files.chunks}
    try:
        found = {key: read_bytes(package_file(folder, name, f"files.{key}")) for key, name in files.items()}
    except PackageError:
        return False
    digests = {key: hashlib.sha256(raw).hexdigest() for key, raw in found.items()}
    return manifest.sha256 is not None and digests == manifest.sha256.model_dump(include=set(digests))
