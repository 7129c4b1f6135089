"""A crate's folder: its texts, and the documentation of its public items."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from vrom.builder.document import Document, Skipped
from vrom.builder.sources.code.rust.documents import write_module
from vrom.builder.sources.code.rust.load import CrateLoader
from vrom.builder.sources.code.rust.public import find_public_modules
from vrom.builder.sources.code.source_folder import SourceFolder
from vrom.builder.sources.code.texts import read_texts
from vrom.builder.sources.files.read import add_prefix
from vrom.builder.sources.formats.encodings.decode import UnreadableError

_MANIFEST = "Cargo.toml"


def read_crate(folder: Path, prefix: str = "") -> Iterator[Document | Skipped]:
    """The README, CHANGELOG and `docs/` of a crate, then one document per public module and larger type, by path."""
    source = SourceFolder(folder)
    manifest: dict[str, Any] = {}
    try:
        manifest = _read_manifest(source)
    except UnreadableError as error:
        yield Skipped(add_prefix(prefix, _MANIFEST), str(error))
    name, library = _find_library(source, manifest)
    within = add_prefix(prefix, name)
    yield from read_texts(source, within)
    if not source.has_file(library):
        members = manifest.get("workspace", {})
        reason = "a workspace; give the folder of one of its crates" if members else "the crate has no library"
        yield Skipped(add_prefix(within, "src/lib.rs"), reason)
        return
    loader = CrateLoader(source)
    root = loader.load(library, name)
    for skipped in loader.skipped:
        yield Skipped(add_prefix(within, skipped.name), skipped.reason)
    for module in find_public_modules(root, loader.modules):
        yield from write_module(module, prefix)


def _read_manifest(folder: SourceFolder) -> dict[str, Any]:
    """The crate's `Cargo.toml`; empty without one. Raises `UnreadableError`."""
    file = folder.root / _MANIFEST
    if not folder.has_file(file):
        return {}
    try:
        return tomllib.loads(folder.read(file))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise UnreadableError(f"not valid TOML: {error or type(error).__name__}") from error


def _find_library(folder: SourceFolder, manifest: dict[str, Any]) -> tuple[str, Path]:
    """The name of a crate as code refers to it, and the file of its root module."""
    package, library = (_table(manifest, name) for name in ("package", "lib"))
    names = (str(table.get("name", "")).replace("-", "_") for table in (library, package))
    fallback = re.sub(r"\W", "_", folder.root.name) or "crate"
    name = next((name for name in names if re.fullmatch(r"\w{1,100}", name)), fallback)
    return name, folder.root / str(library.get("path", "src/lib.rs"))


def _table(manifest: dict[str, Any], name: str) -> dict[str, Any]:
    found = manifest.get(name)
    return found if isinstance(found, dict) else {}
