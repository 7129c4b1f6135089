"""Verification of a package's companions: complete, valid, and made from this package.

Opening only checks what could do harm. This module checks everything: digests, every chunk, and that computing the
arrays again gives the same result.
"""

from pathlib import Path

import numpy as np

from vrom.errors import PackageBrokenError, PackageError
from vrom.format.chunk_table import StoredChunks
from vrom.format.companions import (
    Companion,
    Packed,
    declared_companions,
    declared_tokens,
    open_companions,
    open_tokens,
    stands_alone,
    were_left_behind,
)
from vrom.format.limits import DEFAULT_LIMITS, Limits
from vrom.format.manifest import package_file, read_manifest
from vrom.format.models import Chunk, Manifest, corpus_hash
from vrom.format.read import read_package
from vrom.format.verify.chunks import verify_chunks
from vrom.format.verify.findings import Finding, Findings, shown
from vrom.index.array_cache import holds
from vrom.index.contents import contents_fit, contents_from
from vrom.index.dense.hnsw import is_sound_graph
from vrom.index.lexical.bm25 import VERSION as LEXICAL_VERSION
from vrom.index.lexical.bm25 import words_fit
from vrom.index.lexical.build import lexical_arrays
from vrom.index.outline import Outline
from vrom.index.tokens import MOST_HELD, tokens_fit
from vrom.storage.array_file import Arrays
from vrom.storage.digest import sha256_of

MANIFEST = "manifest.json"
_ANEW = "what comes out when it is made again"


def check_companions(folder: Path, limits: Limits = DEFAULT_LIMITS) -> list[Finding]:
    """Problems of the companions of the package in `folder`; empty if it has none."""
    findings = Findings()
    try:
        manifest = read_manifest(folder)
    except PackageError:
        return []  # reported by the check of the manifest
    stated = (manifest.model_extra or {}).get("companions")
    declared = declared_companions(manifest)
    _check_tokens(folder, manifest, findings)
    if declared is None:
        if stated is not None and declared_tokens(manifest) is None:
            findings.warning(MANIFEST, "companions", shown(stated), "what this version of vrom understands")
        return list(findings)
    if were_left_behind(folder, manifest, declared):
        return []
    for name, companion in declared.files.items():
        _compare_file(folder, name, companion, findings)
    try:
        packed = open_companions(folder, manifest, declared)
        _check_opened(folder, manifest, packed, findings, limits)
    except PackageBrokenError as error:
        findings.error(error.file.name, error.field, error.problem, "companions of this package")
    except PackageError as error:
        findings.error(MANIFEST, "companions", str(error), "companions of this package")
    return list(findings)


def _compare_file(folder: Path, name: str, companion: Companion, findings: Findings) -> None:
    try:
        found = sha256_of(package_file(folder, companion.file, f"companions.{name}.file"))
    except (OSError, PackageError):
        return  # reported on opening
    if found != companion.sha256:
        expected = f"{companion.sha256[:12]}…, as the manifest says: the file was changed, or belongs to another"
        findings.error(companion.file, "", f"SHA-256 {found[:12]}…", expected)


def _check_tokens(folder: Path, manifest: Manifest, findings: Findings) -> None:
    """Check what can be checked of word pieces without the model."""
    declared = declared_tokens(manifest)
    try:
        tokens = open_tokens(folder, manifest)
    except PackageBrokenError as error:
        findings.error(error.file.name, error.field, error.problem, "word pieces of this package")
        return
    if declared is None or tokens is None:
        return
    _compare_file(folder, "tokens", declared, findings)
    if not holds(lambda: tokens_fit(tokens.arrays, manifest.vector_count)):
        expected = f"word pieces of {manifest.vector_count:,} chunks"
        findings.error(declared.file, "", "arrays that don't fit each other or the manifest", expected)
        return
    sizes = np.diff(tokens.arrays["code_starts"])
    if (sizes < 0).any() or (sizes > MOST_HELD).any():
        expected = f"0 to {MOST_HELD} word pieces for each chunk"
        findings.error(declared.file, "code_starts", "chunks that overlap or are too large", expected)


def _check_opened(folder: Path, manifest: Manifest, packed: Packed, findings: Findings, limits: Limits) -> None:
    file = "contents.bin"
    contents = packed.contents.arrays
    if not holds(lambda: contents_fit(contents, manifest)):
        findings.error(file, "", "arrays that don't fit each other", f"{manifest.vector_count:,} chunks and vectors")
        return
    stored = StoredChunks(contents)
    try:
        chunks = list(stored)
    except PackageError as error:
        findings.error(file, "chunk_bytes", str(error).split(". ")[0], "the chunks of the package")
        return
    if not np.isfinite(contents["vectors"]).all():
        findings.error(file, "vectors", "numbers that are none", "finite numbers")
        return
    if stands_alone(folder, manifest):
        _agree(manifest, chunks, findings)
        verify_chunks(file, "[]", chunks, findings)
    else:
        _compare_with_index(folder, chunks, contents, findings, limits)
    documents = [stored.json(i) for i in range(len(stored))]
    anew = contents_from(documents, chunks, contents["vectors"], manifest.hnsw_config.metric)
    _compare(file, contents, anew, findings)
    if packed.words and packed.words.about.get("version") != LEXICAL_VERSION:
        expected = (
            f"version {LEXICAL_VERSION}, as words are cut now; until `vrom pack` they are indexed on each machine"
        )
        findings.warning("words.bin", "header", f"version {packed.words.about.get('version')}", expected)
    elif packed.words:
        _check_words(packed.words.arrays, chunks, Outline.of(contents), findings)
    units = contents.get("unit_vectors", contents["vectors"])
    if packed.graph and not is_sound_graph(packed.graph, units, manifest.hnsw_config.metric):
        findings.error(packed.graph.name, "", "links that lead outside, or another graph", "the graph of the vectors")


def _compare_with_index(
    folder: Path, chunks: list[Chunk], contents: Arrays, findings: Findings, limits: Limits
) -> None:
    try:
        package = read_package(folder, limits)
    except PackageError:
        return  # reported by the check of the index
    if package.manifest.sha256 is None or not _is_declared(package.manifest, folder):
        expected = "index.json as the manifest's sha256 says: the companions were made from another"
        findings.error(package.manifest.files.index, "", "it was changed after companions were made", expected)
    elif chunks != list(package.chunks):
        findings.error("contents.bin", "chunk_bytes", "other chunks", "the chunks of index.json")
    elif not np.array_equal(contents["vectors"], package.vectors):
        findings.error("contents.bin", "vectors", "other vectors", "the vectors of index.json")


def _is_declared(manifest: Manifest, folder: Path) -> bool:
    return manifest.sha256 is not None and sha256_of(folder / manifest.files.index) == manifest.sha256.index


def _agree(manifest: Manifest, chunks: list[Chunk], findings: Findings) -> None:
    for field in ("vector_count", "total_chunks"):
        if (stated := getattr(manifest, field)) != len(chunks):
            findings.error(MANIFEST, field, str(stated), f"{len(chunks)}, the number there is")
    if (digest := corpus_hash(chunk.text for chunk in chunks)) != manifest.corpus_hash:
        findings.error(MANIFEST, "corpus_hash", manifest.corpus_hash[:64], f"{digest}, the hash of the texts")


def _check_words(words: Arrays, chunks: list[Chunk], outline: Outline, findings: Findings) -> None:
    if not holds(lambda: words_fit(words, outline)):
        findings.error("words.bin", "", "arrays that don't fit each other", "an index of the chunks' words")
        return
    _compare("words.bin", words, lexical_arrays((chunk.text for chunk in chunks), outline), findings)


def _compare(file: str, found: Arrays, anew: Arrays, findings: Findings) -> None:
    for name in sorted(anew.keys() | found.keys()):
        if name not in found or name not in anew:
            findings.error(file, name, "missing" if name in anew else "an array that isn't known", _ANEW)
        elif not _same(found, anew, name):
            findings.error(file, name, "other numbers", _ANEW)


def _same(found: Arrays, anew: Arrays, name: str) -> bool:
    """Return true for equal arrays; those computed from vectors may differ by the rounding of another processor."""
    if found[name].shape != anew[name].shape:
        return False
    if name in {"page_centres", "chance", "unit_vectors", "chunk_weights", "section_weights"}:
        return bool(np.allclose(found[name], anew[name], atol=1e-4))
    return bool(np.array_equal(found[name], anew[name]))
