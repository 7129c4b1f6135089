"""Documentation at an exact commit of a local or remote git repository."""

import io
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import NamedTuple
from urllib.parse import urlsplit
from urllib.request import url2pathname

from vrom.builder.document import Document, Skipped
from vrom.builder.sources.files.kinds import may_hold_documentation
from vrom.builder.sources.files.read import (
    LARGEST_FILE,
    add_prefix,
    count_skipped_kinds,
    find_reader,
    is_documentation,
    is_documentation_path,
    read_content,
    skip_too_large,
)
from vrom.builder.sources.git.command import Git
from vrom.builder.sources.git.local import mirror_repository
from vrom.builder.sources.included.docstrings.packages import Packages
from vrom.builder.sources.included.inclusions import NO_PACKAGES, Inclusions, make_inclusions
from vrom.builder.sources.included.tree import NotIncludedError, check_size
from vrom.errors import BuildError


@dataclass(frozen=True)
class GitSource:
    """A repository, by its path or URL, and the reference and path to read."""

    location: str
    ref: str = "HEAD"
    """A tag, branch or commit."""
    path: str = ""
    """The folder or file with the documentation; empty for the whole repository."""


@dataclass(frozen=True)
class Checkout:
    """The commit that a reference resolved to, and the documents found there."""

    commit: str
    """SHA of the commit, in hex."""
    found: tuple[Document | Skipped, ...]


def read_git(source: GitSource, prefix: str = "", packages: Packages = NO_PACKAGES) -> Checkout:
    """Read the documents of a repository at a reference; the working tree is ignored.

    A document is named by its path below `source.path`; references to docstrings are filled from `packages`.

    Raises `BuildError` if git isn't installed, or the repository,
    reference or path doesn't exist.
    """
    for name, value in (("location", source.location), ("reference", source.ref), ("path", source.path)):
        if value.startswith("-") or "\0" in value or (name != "path" and not value):
            raise BuildError(f"{value!r} is not a valid {name} for a git repository.")
    with tempfile.TemporaryDirectory(prefix="vrom-git-") as folder:
        git = Git(Path(folder, "repository.git"), f"{source.location} at {source.ref!r}")
        if local := _local_path(source.location):
            mirror_repository(local, git)
            return _read_commit(git, source, source.ref, prefix, packages)
        git.run("init", "--quiet", "--bare", "--template=")
        fetch = ("fetch", "--quiet", "--depth=1", "--no-tags", "--no-recurse-submodules")
        git.run(*fetch, "--", source.location, source.ref)
        return _read_commit(git, source, "FETCH_HEAD", prefix, packages)


def _local_path(location: str) -> Path | None:
    """The folder of a repository on this machine, by its path or `file:` URL; None for one elsewhere."""
    path = Path(url2pathname(urlsplit(location).path) if location.startswith("file://") else location).expanduser()
    return path if path.is_dir() else None


def _read_commit(git: Git, source: GitSource, ref: str, prefix: str, packages: Packages) -> Checkout:
    commit = git.run("rev-parse", "--verify", "--end-of-options", f"{ref}^{{commit}}").decode().strip()
    files = _list_files(git, source, commit)
    wanted = {name: blob for name, blob in files.items() if find_reader(name) or may_hold_documentation(name)}
    readable = {name: blob for name, blob in wanted.items() if blob.size <= LARGEST_FILE}
    contents = read_blobs(git, [blob.id for blob in readable.values()])
    unfit = {name for name, blob in readable.items() if not is_documentation(name, io.BytesIO(contents[blob.id]))}
    unfit |= {name for name in wanted.keys() - readable if not find_reader(name)}
    wanted = {name: blob for name, blob in wanted.items() if name not in unfit}
    found: list[Document | Skipped] = []
    inclusions = _open_inclusions(git, source, commit, packages)
    for name in inclusions.order_pages(wanted):
        if name in readable:
            found += read_content(contents[wanted[name].id], add_prefix(prefix, name), inclusions.page(name))
        else:
            found.append(skip_too_large(add_prefix(prefix, name), wanted[name].size))
    found += inclusions.skipped(prefix)
    others = count_skipped_kinds(name for name in files if name not in wanted and not inclusions.is_used(name))
    return Checkout(commit, (*found, *others))


_LACKS_FILES = (
    "some of its files are missing, as in a partial clone. Run `git fetch --refetch --no-filter` in it, "
    "or use the URL that it was cloned from."
)


class _Blob(NamedTuple):
    id: str
    size: int
    """Size in bytes."""


def _list_files(git: Git, source: GitSource, commit: str) -> dict[str, _Blob]:
    """The blob of each file that passes `is_documentation_path`, by its name below `source.path`; no links.

    Raises `BuildError` if there are none.
    """
    path = PurePosixPath(source.path.strip("/"))
    files = {}
    for name, blob, size in _list_blobs(git, commit, str(path)):
        below = PurePosixPath(name).relative_to(path)
        below = below if below.parts else PurePosixPath(path.name)
        if is_documentation_path(below):
            if not size.isdecimal():
                raise git.unreadable(_LACKS_FILES)
            files[str(below)] = _Blob(blob, int(size))
    if not files:
        where = f" under {source.path!r}" if source.path else ""
        raise BuildError(f"{git.label} has no files{where}.")
    return dict(sorted(files.items()))


def _list_blobs(git: Git, commit: str, path: str) -> Iterator[tuple[str, str, str]]:
    """Path, blob and size of each regular file below a path; the size is `-` if the blob is missing."""
    listing = git.run("ls-tree", "-r", "-l", "-z", "--full-tree", commit, "--", path)
    for entry in filter(None, listing.split(b"\0")):
        about, _, name = entry.decode(errors="surrogateescape").partition("\t")
        mode, _, blob, size = about.split()
        if mode in ("100644", "100755"):
            yield name, blob, size


class _CommitTree:
    """The regular files of a commit, for `Inclusions`."""

    def __init__(self, git: Git, commit: str) -> None:
        self._git, self._commit = git, commit

    def has_file(self, path: str) -> bool:
        """True if there is a regular file."""
        return path in self._blobs

    def read(self, path: str) -> bytes:
        """The content of a file. Raises `NotIncludedError`."""
        blob, size = self._blobs[path]
        check_size(int(size) if size.isdecimal() else 0)
        try:
            return read_blobs(self._git, [blob])[blob]
        except (BuildError, ValueError) as error:
            raise NotIncludedError("included file cannot be read") from error

    @cached_property
    def _blobs(self) -> dict[str, tuple[str, str]]:
        return {path: (blob, size) for path, blob, size in _list_blobs(self._git, self._commit, ".")}


def _open_inclusions(git: Git, source: GitSource, commit: str, packages: Packages) -> Inclusions:
    path = source.path.strip("/")
    tree = _CommitTree(git, commit)
    return make_inclusions(tree, str(PurePosixPath(path).parent) if path and tree.has_file(path) else path, packages)


def read_blobs(git: Git, blobs: list[str]) -> dict[str, bytes]:
    """The contents of blobs by id. Raises `BuildError` if one is missing."""
    output = git.run("cat-file", "--batch", given="\n".join(blobs).encode())
    contents, at = {}, 0
    for blob in blobs:
        head_end = output.index(b"\n", at)
        *_, kind, size_text = output[at:head_end].split()
        if kind != b"blob":
            raise git.unreadable(_LACKS_FILES)
        size = int(size_text)
        contents[blob] = output[head_end + 1 : head_end + 1 + size]
        at = head_end + 1 + size + 1
    return contents
