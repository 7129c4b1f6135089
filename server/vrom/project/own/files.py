"""Files that hold a project's own documentation, and a fingerprint that changes with them.

Nothing heavy is imported: a server looks here between two calls.
"""

import hashlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from vrom.builder.sources.top_texts import is_top_text
from vrom.project.locks.lock import LockFileError, read_text
from vrom.project.own.identity import IDENTITY_FILES, identify_project
from vrom.project.own.members import members_of

MOST_FILES = 5000
"""Files that the fingerprint covers; a project's documentation seldom has more."""

_FOLDERS = ("docs", "doc", "documentation", "adr", "adrs", "decisions")
_OTHER_TEXTS = frozenset({"contributing", "architecture"})
_NOT_PACKAGES = {"docs", "doc", "tests", "test", "testing", "examples", "benchmarks", "scripts", "tools", "build"}
_NOT_ENTERED = {"node_modules", "__pycache__", "_build", "site-packages", "target", "vendor", "dist"}


@dataclass(frozen=True)
class OwnFiles:
    """Places of a project's own documentation."""

    root: Path
    top: tuple[Path, ...]
    """README, changelog and the like at the top."""
    folders: tuple[Path, ...]
    """Documentation folders, none within another."""
    packages: tuple[tuple[str, Path], ...]
    """Its Python packages by name, and the folder that each lies in."""


def find_own_files(root: Path) -> OwnFiles:
    """Find where a project keeps its documentation, and the members of its workspace theirs.

    Links that lead out of the project are left out.
    """
    own = _find_in(root)
    members = [_find_in(folder) for folder in members_of(root) if folder.resolve().is_relative_to(root.resolve())]
    top = dict.fromkeys(file for one in (own, *members) for file in one.top)
    listed = dict.fromkeys(folder for one in (own, *members) for folder in one.folders)
    folders = [one for one in listed if not any(one != other and one.is_relative_to(other) for other in listed)]
    packages = {name: place for one in (*reversed(members), own) for name, place in one.packages}
    return OwnFiles(root, tuple(top), tuple(folders), tuple(sorted(packages.items())))


def _find_in(root: Path) -> OwnFiles:
    entries = sorted(_visible(root))
    top = [
        entry for entry in entries if is_top_text(entry.name, _OTHER_TEXTS) and entry.is_file() and lies_in(entry, root)
    ]
    listed = dict.fromkeys([*_mkdocs_folder(root), *(entry for entry in entries if entry.name in _FOLDERS)])
    folders = [folder for folder in listed if folder.is_dir() and lies_in(folder, root)]
    outer = [one for one in folders if not any(one != other and one.is_relative_to(other) for other in folders)]
    return OwnFiles(root, tuple(top), tuple(outer), tuple(_packages(root)))


def fingerprint(root: Path) -> str:
    """Digest of the names, sizes and modification times of all files that hold a project's documentation."""
    digest = hashlib.sha256()
    for count, file in enumerate(_documentation_files(find_own_files(root))):
        if count == MOST_FILES:
            break
        try:
            found = os.stat(file)  # noqa: PTH116 - thousands of paths take longer than their files
        except OSError:
            continue
        digest.update(f"{file}\0{found.st_mtime_ns}\0{found.st_size}\0".encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def lies_in(file: Path, root: Path) -> bool:
    """Return True unless a path is a link that leads out of `root`."""
    return not file.is_symlink() or file.resolve().is_relative_to(root.resolve())


def _documentation_files(own: OwnFiles) -> Iterator[str]:
    yield from (str(own.root / name) for name in IDENTITY_FILES)
    yield from map(str, own.top)
    for folder in own.folders:
        yield from _walk(folder, "")
    for name, place in own.packages:
        yield from _walk(place / name, ".py") if (place / name).is_dir() else [str(place / f"{name}.py")]


def _walk(folder: Path, suffix: str) -> Iterator[str]:
    for parent, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if name[0] != "." and name not in _NOT_ENTERED)
        yield from (f"{parent}/{name}" for name in sorted(files) if name.endswith(suffix) and name[0] != ".")


def _mkdocs_folder(root: Path) -> Iterator[Path]:
    for name in ("mkdocs.yml", "mkdocs.yaml"):
        try:
            text = read_text(root / name)
        except LockFileError:
            continue
        found = re.search(r"^docs_dir:\s*[\"']?([\w./-]+)", text, re.MULTILINE)
        folder = Path(os.path.normpath(root / (found[1] if found else "docs")))
        if folder != root and folder.is_relative_to(root):
            yield folder


def _packages(root: Path) -> Iterator[tuple[str, Path]]:
    """The Python packages in the usual places, and else the one of the project's name in a folder of its own."""
    own_name = identify_project(root).id.replace("-", "_")
    for place in (root / "src", root / "lib", root / "python", root):
        found = [entry.name for entry in sorted(_visible(place)) if _is_package(entry)]
        if found:
            yield from ((name, place) for name in found)
            return
        if (place / f"{own_name}.py").is_file():
            yield own_name, place
            return
    for place in sorted(_visible(root)):
        if place.is_dir() and _is_package(place / own_name):
            yield own_name, place
            return


def _is_package(folder: Path) -> bool:
    name = folder.name
    is_public = name.isidentifier() and not name.startswith("_") and name.lower() not in _NOT_PACKAGES
    return is_public and not folder.is_symlink() and (folder / "__init__.py").is_file()


def _visible(folder: Path) -> list[Path]:
    try:
        return [entry for entry in folder.iterdir() if entry.name[0] != "." and entry.name not in _NOT_ENTERED]
    except OSError:
        return []
