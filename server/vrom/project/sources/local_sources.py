"""Documentation of Rust crates and Go modules, from the sources that their tools keep on this machine.

Sources: https://doc.rust-lang.org/cargo/guide/cargo-home.html, https://go.dev/ref/mod#module-cache.
"""

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from vrom.builder.document import Document, Origin, Skipped
from vrom.builder.sources.code.source_folder import SourceFolder
from vrom.builder.sources.formats.encodings.decode import UnreadableError
from vrom.project.dependency import Dependency
from vrom.project.sources.gathered import Gathered
from vrom.project.sources.repository.cargo_checkouts import find_crates


@dataclass(frozen=True)
class SourceCaches:
    """Folders in which cargo and Go keep sources."""

    cargo: Path
    """`$CARGO_HOME`, default `~/.cargo`."""
    go: Path
    """`$GOMODCACHE`, default `pkg/mod` in `$GOPATH`, default `~/go`."""
    uv: Path | None = None
    """`$UV_CACHE_DIR`, default `~/.cache/uv`: what uv installs may be links to it."""


def gather_crate(dependency: Dependency, project: Path, caches: SourceCaches) -> Gathered:
    """Read a crate's documentation from the project's `vendor` folder, or from where cargo keeps its sources.

    A crate of a repository is read from the checkout of the locked commit: cargo's registry of sources may have another
    crate of that name and version.
    """
    from vrom.builder.sources.code.rust.crate import read_crate

    name, vendor = f"{dependency.name}-{dependency.version}", project / "vendor"
    kept: Iterable[Path] = sorted(caches.cargo.glob(f"registry/src/*/{name}"))
    if not dependency.is_of_index:
        kept = find_crates(caches.cargo, dependency.name, dependency.index.partition("#")[2])
    for folder in (vendor / name, *kept, vendor / dependency.name):
        if SourceFolder(folder).has_file(folder / "Cargo.toml") and _is_allowed(folder, project, caches.cargo):
            return _gather(folder, dependency, read_crate(folder))
    if not dependency.is_of_index:
        reason = f"it comes from {dependency.origin}, which isn't on this machine: `cargo fetch` gets it."
        return Gathered(problems=[reason])
    return Gathered(problems=["its sources aren't on this machine: `cargo fetch` gets them."])


def gather_go_module(dependency: Dependency, project: Path, caches: SourceCaches) -> Gathered:
    """Read a Go module's documentation from Go's module cache, or from the project's `vendor` folder."""
    from vrom.builder.sources.code.go.module import read_go_module

    escaped = re.sub(r"[A-Z]", lambda letter: "!" + letter[0].lower(), f"{dependency.name}@{dependency.version}")
    for folder in (caches.go / escaped, project / "vendor" / dependency.name):
        if folder.is_dir() and _is_allowed(folder, project, caches.go):
            return _gather(folder, dependency, read_go_module(folder))
    return Gathered(problems=["its sources aren't on this machine: `go mod download` gets them."])


def _is_allowed(folder: Path, *roots: Path) -> bool:
    """True if a folder is below one of `roots` with its links followed: a checkout may link to what is private."""
    return any(Path(os.path.realpath(folder)).is_relative_to(os.path.realpath(root)) for root in roots)


def _gather(folder: Path, dependency: Dependency, found: Iterator[Document | Skipped]) -> Gathered:
    gathered = Gathered()
    gathered.add(Origin("sources on this machine", dependency.version), found)
    gathered.summary = _summary(folder)
    return gathered


def _summary(folder: Path) -> str:
    """The description in a crate's `Cargo.toml`; empty without one."""
    source = SourceFolder(folder)
    try:
        text = source.read(source.root / "Cargo.toml")
    except UnreadableError:
        return ""
    found = re.search(r'^description[ \t]*=[ \t]*"(?:"")?\s{0,99}([^"]{0,1000})', text, re.MULTILINE)
    return " ".join(found[1].split()) if found else ""
