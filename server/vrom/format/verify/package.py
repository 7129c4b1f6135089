"""Verification of a package, without trusting any part of it.

`verify_index` checks vectors and graph, `verify_chunks` the texts and their pointers. This module reads the files,
checks the manifest, and checks that all three agree.
"""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from vrom.errors import PackageBrokenError, PackageError, PackageLimitError, PackageNotFoundError
from vrom.format.companions import stands_alone
from vrom.format.hidden_text import hidden_kinds, visible_line
from vrom.format.limits import DEFAULT_LIMITS, Limits, Meter, loads
from vrom.format.manifest import LARGEST_MANIFEST, package_file, read_bytes
from vrom.format.models import (
    Chunk,
    ChunkStrategy,
    HnswConfig,
    Manifest,
    PackageFiles,
    corpus_hash,
    estimate_tokens,
)
from vrom.format.verify.chunks import compare_chunks, listed_chunks, metadata_chunks, verify_chunks
from vrom.format.verify.findings import Finding, Findings, shown
from vrom.format.verify.index import verify_index
from vrom.format.verify.keys import report_repeated_keys
from vrom.format.versions import UNKNOWN
from vrom.storage.digest import sha256_of

MANIFEST = "manifest.json"

_TEXT_PER_BYTE = 8
"""Bytes of memory per byte of JSON that the standard library's parser takes in addition, for a long string."""

_SEMANTIC_VERSION = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?")
_CREATED_AT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z")

# Optional for vrom, but expected by other readers and by people.
_CUSTOMARY: dict[str, Sequence[str]] = {
    "": ("description", "source", "chunk_strategy"),
    "embedding_spec": ("quantization", "distance_metric", "normalized"),
    "hnsw_config": tuple(HnswConfig.model_fields),
    "chunk_strategy": tuple(ChunkStrategy.model_fields),
}


def check(folder: Path, limits: Limits = DEFAULT_LIMITS) -> list[Finding]:
    """Problems of the package in `folder`, errors first; invalid content never raises.

    A file that can't be read within the limits is an error, too.
    """
    findings = Findings()
    try:
        _check(folder, findings, Meter(limits))
    except PackageLimitError as error:
        findings.error(error.file.name, error.field, error.problem, "a file that can be read within the limits")
    return list(findings)


def _check(folder: Path, findings: Findings, meter: Meter) -> None:
    manifest = _manifest(folder, findings, meter)
    if manifest and stands_alone(folder, manifest):
        return  # `vrom.index.pack.verify` checks its companions
    files = manifest.files if manifest else PackageFiles()
    index = _load(folder, "files.index", files.index, findings, meter)
    if index is None:
        return
    nodes = verify_index(files.index, index, manifest, findings)
    del index
    chunks = metadata_chunks(files.index, nodes or [], findings, meter)
    if chunks:
        verify_chunks(files.index, "nodes[].metadata", chunks, findings)
    listed = _listed(folder, files, findings, meter, needed=bool(nodes) and chunks is None)
    if listed and chunks:
        compare_chunks(files.chunks, listed, chunks, findings)
    elif listed and nodes:
        verify_chunks(files.chunks, "[]", listed, findings)
    texts = listed if chunks is None else chunks
    if manifest and nodes is not None and texts is not None:
        _agreement(manifest, len(nodes), texts, findings)
    if manifest:
        _compare_digests(folder, manifest, findings)


def can_be_trusted(findings: Iterable[Finding]) -> bool:
    """Return true if none of the findings is an error."""
    return all(finding.severity != "error" for finding in findings)


def _manifest(folder: Path, findings: Findings, meter: Meter) -> Manifest | None:
    document = _load(folder, "", MANIFEST, findings, meter)
    if document is None:
        return None
    try:
        manifest = Manifest.model_validate(document)
    except ValidationError as error:
        findings.invalid(MANIFEST, error)
        return None
    for key, customary in _CUSTOMARY.items():
        part = document.get(key) if key else document
        for name in customary if isinstance(part, dict) else ():
            if name not in part:
                findings.warning(MANIFEST, f"{key}.{name}".lstrip("."), "missing", "required by other readers")
    for name in ("version", "description", "source", "name"):
        text = document.get(name)
        if isinstance(text, str) and visible_line(text) != text:
            kinds = [*hidden_kinds(text), *(["an HTML comment"] if "<!--" in text else [])]
            found = ", ".join(kinds) or "several lines, or several spaces between words"
            findings.warning(MANIFEST, name, found, "a line of visible text")
    if manifest.version != UNKNOWN and not _SEMANTIC_VERSION.fullmatch(manifest.version):
        findings.warning(MANIFEST, "version", shown(manifest.version), "a semantic version such as 1.4.0")
    if not _CREATED_AT.fullmatch(manifest.created_at):
        findings.warning(MANIFEST, "created_at", shown(manifest.created_at), "a UTC time such as 2026-03-01T12:00:00Z")
    return manifest


def _listed(folder: Path, files: PackageFiles, findings: Findings, meter: Meter, *, needed: bool) -> list[Chunk] | None:
    """Read the chunks of `chunks.json`; a package without it, as stored by the browser, is complete."""
    try:
        missing = not package_file(folder, files.chunks, "files.chunks").exists()
    except PackageBrokenError:
        missing = False  # reported on loading
    if missing and not needed:
        return None
    document = _load(folder, "files.chunks", files.chunks, findings, meter)
    return None if document is None else listed_chunks(files.chunks, document, findings)


def _load(folder: Path, field: str, name: str, findings: Findings, meter: Meter) -> Any:
    """Load a JSON file; report problems and return None if invalid. `name` is the value of the manifest's `field`."""
    try:
        file = package_file(folder, name, field)
    except PackageBrokenError:
        findings.error(MANIFEST, field, shown(name), "the name of a file in the folder")
        return None
    try:
        largest = meter.limits.file_bytes if field else LARGEST_MANIFEST
        raw = read_bytes(file, largest)
        meter.afford(file, raw)
        with meter.lending(file, _TEXT_PER_BYTE * len(raw)):
            report_repeated_keys(name, raw, findings)
        document = loads(file, raw)
    except PackageNotFoundError:
        findings.error(name, "", "file is missing", "an existing file")
        return None
    except PackageLimitError:
        raise
    except PackageBrokenError as error:
        findings.error(name, "", error.problem, "a JSON document")
        return None
    if document is None:
        findings.error(name, "", "null", "a list" if field == "files.chunks" else "an object")
    return document


def _compare_digests(folder: Path, manifest: Manifest, findings: Findings) -> None:
    """Compare the other files with the digests in the manifest, if it has any."""
    for key in ("index", "chunks") if manifest.sha256 else ():
        name, expected = getattr(manifest.files, key), getattr(manifest.sha256, key)
        try:
            file = package_file(folder, name, f"files.{key}")
            found = sha256_of(file) if file.is_file() else expected
        except (PackageError, OSError):
            found = expected  # unreadable files were reported on loading
        if expected and found != expected:
            problem = f"{expected[:12]}…, as in the manifest; the file was changed or belongs to another manifest"
            findings.error(name, "", f"SHA-256 {found[:12]}…", problem)


def _agreement(manifest: Manifest, nodes: int, chunks: Sequence[Chunk], findings: Findings) -> None:
    """Check that the manifest's counts and hashes match the index and the chunks."""
    for field, counted in (("vector_count", nodes), ("total_chunks", len(chunks))):
        if (stated := getattr(manifest, field)) != counted:
            findings.error(MANIFEST, field, str(stated), f"{counted}, the actual number")
    tokens = sum(estimate_tokens(chunk.text) for chunk in chunks)
    if manifest.total_tokens != tokens:
        findings.warning(
            MANIFEST, "total_tokens", str(manifest.total_tokens), f"{tokens}, the sum of the chunks' token estimates"
        )
    digest = corpus_hash(chunk.text for chunk in chunks)
    if manifest.corpus_hash != digest:
        expected = f"{digest}, the hash of the texts; they were changed or belong to another manifest"
        findings.error(MANIFEST, "corpus_hash", manifest.corpus_hash[:64], expected)
