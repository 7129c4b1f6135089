"""Local repositories, read through a repository of our own.

A repository's configuration can name programs: for missing objects (`remote.*.uploadpack`), credentials, filters, file
monitors, hooks, and other configuration to include. So git never opens the repository itself. A new, empty one is made
with git's defaults; it gets a copy of the references, and reads the objects through `objects/info/alternates`.
"""

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from vrom.builder.sources.git.command import Git

_MOST_REFERENCES = 64_000_000
"""Maximum bytes of all files with references."""

_SHA256_ID = re.compile(rb"\b[0-9a-f]{64}\b")


class _GitDirectory(NamedTuple):
    """Folders of a repository's data, see gitrepository-layout(5)."""

    head: Path
    """Folder with `HEAD`: that of the working tree."""
    common: Path
    """Folder with objects and references, shared by all working trees."""


def mirror_repository(repository: Path, git: Git) -> None:
    """Make `git`'s repository: with the references of `repository`, reading its objects in place.

    Nothing is written to `repository`. Raises `BuildError` if it is no repository, borrows objects from another one, or
    holds links, pipes or devices among its files.
    """
    found = _git_directory(repository, git)
    objects = found.common / "objects"
    _ensure_own_objects(objects, git)
    references = dict(_reference_files(found, git))
    formats = ["--object-format=sha256"] if any(map(_SHA256_ID.search, references.values())) else []
    if any(name.startswith("reftable/") for name in references):
        formats.append("--ref-format=reftable")
    git.run("init", "--quiet", "--bare", "--template=", *formats)
    shutil.rmtree(git.directory / "reftable", ignore_errors=True)
    for name, content in references.items():
        file = git.directory / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    alternates = git.directory / "objects" / "info" / "alternates"
    alternates.parent.mkdir(exist_ok=True)
    alternates.write_bytes(os.fsencode(objects) + b"\n")


def _git_directory(repository: Path, git: Git) -> _GitDirectory:
    """Find the data of a repository: as git does, in the folder itself or in the nearest one above it."""
    start = repository.resolve()
    for folder in (start, *start.parents):
        own = folder / ".git"
        if own.is_symlink():
            raise git.unreadable(f"{own} is a symbolic link. Use the repository that it refers to.")
        if own.is_dir():
            return _GitDirectory(own, own)
        if own.is_file():
            return _linked_directory(own, git)
        if (folder / "HEAD").is_file() and (folder / "objects").is_dir() and (folder / "refs").is_dir():
            return _GitDirectory(folder, folder)
    raise git.unreadable(f"{repository} is not a git repository.")


def _linked_directory(file: Path, git: Git) -> _GitDirectory:
    """Follow the `.git` file of a linked working tree or a submodule.

    Only where the repository that it names agrees: a folder from elsewhere could name any repository on this machine.
    """
    named = _first_line(file).removeprefix("gitdir:").strip()
    directory = (file.parent / named).resolve()
    common = directory.parent.parent
    listed = (directory / _first_line(directory / "gitdir")).resolve()
    if directory.parent.name == "worktrees" and listed == file.resolve():
        return _GitDirectory(directory, common)
    modules = [folder / ".git" / "modules" for folder in file.parent.parents]
    if any(directory.is_relative_to(folder) for folder in modules if folder.is_dir()):
        return _GitDirectory(directory, directory)
    raise git.unreadable(f"{file} names the repository {named!r}, which does not list it.")


def _first_line(file: Path) -> str:
    if not file.is_file() or file.stat().st_size > 10_000:
        return ""
    return os.fsdecode(file.read_bytes().split(b"\n")[0]).strip()


def _ensure_own_objects(objects: Path, git: Git) -> None:
    """Raise `BuildError` unless all objects are plain files in the repository's own folder."""
    if objects.is_symlink() or not objects.is_dir():
        raise git.unreadable(f"{objects} is not a folder.")
    alternates = objects / "info" / "alternates"
    for file in _regular_files(objects, git):
        if file == alternates and file.read_bytes().strip():
            raise git.unreadable(
                f"borrows objects from another repository ({alternates}). "
                "Copy them with `git repack -a -d` and remove that file, or use the repository that they come from."
            )


def _reference_files(found: _GitDirectory, git: Git) -> Iterator[tuple[str, bytes]]:
    """Names and contents of the files that hold references."""
    files = [
        (found.head, found.head / "HEAD"),
        *((found.common, found.common / name) for name in ("packed-refs", "shallow")),
    ]
    for name in ("refs", "reftable"):
        files += [(found.common, file) for file in _regular_files(found.common / name, git)]
    size = 0
    for folder, file in files:
        if file.is_symlink() or not file.is_file():
            continue
        size += file.stat().st_size
        if size > _MOST_REFERENCES:
            raise git.unreadable(f"its references are larger than {_MOST_REFERENCES:,} bytes.")
        yield file.relative_to(folder).as_posix(), file.read_bytes()


def _regular_files(folder: Path, git: Git) -> Iterator[Path]:
    """All files under a folder, if it exists. Raises `BuildError` for a link, pipe, socket or device."""
    if not folder.is_dir():
        return
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from _regular_files(Path(entry.path), git)
            elif entry.is_file(follow_symlinks=False):
                yield Path(entry.path)
            else:
                raise git.unreadable(f"{entry.path} is neither a file nor a folder.")
