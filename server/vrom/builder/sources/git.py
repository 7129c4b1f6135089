"""Documentation at an exact commit of a local or remote git repository."""

import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from vrom.builder.document import Document, Skipped
from vrom.builder.sources.files import (
    LARGEST_FILE,
    add_prefix,
    count_skipped_kinds,
    find_reader,
    is_documentation_path,
    read_content,
    skip_too_large,
)
from vrom.errors import BuildError

_SAFE = ["-c", "core.hooksPath=/dev/null", "-c", "protocol.allow=never"]
_SAFE += [part for name in ("file", "git", "http", "https", "ssh") for part in ("-c", f"protocol.{name}.allow=always")]
"""Options that disable hooks and restrict transports: `ext::`, for example, would run a command."""


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


def read_git(source: GitSource, prefix: str = "") -> Checkout:
    """Read the documents of a repository at a reference; the working tree is ignored.

    A document is named by its path below `source.path`. Raises `BuildError` if git isn't installed, or the repository,
    reference or path doesn't exist.
    """
    for name, value in (("location", source.location), ("reference", source.ref), ("path", source.path)):
        if value.startswith("-") or "\0" in value or (name != "path" and not value):
            raise BuildError(f"{value!r} is no {name} of a git repository.")
    repository = Path(source.location).expanduser()
    if repository.is_dir():
        return _read_commit(repository, source, source.ref, prefix)
    with tempfile.TemporaryDirectory(prefix="vrom-git-") as folder:
        _run_git(Path(folder), source, "init", "--quiet", "--bare")
        _run_git(Path(folder), source, "fetch", "--quiet", "--depth=1", "--no-tags", "--", source.location, source.ref)
        return _read_commit(Path(folder), source, "FETCH_HEAD", prefix)


def _read_commit(repository: Path, source: GitSource, ref: str, prefix: str) -> Checkout:
    verify = ("rev-parse", "--verify", "--end-of-options", f"{ref}^{{commit}}")
    commit = _run_git(repository, source, *verify).decode().strip()
    files = _list_files(repository, source, commit)
    wanted = {name: blob for name, blob in files.items() if find_reader(name)}
    readable = {name: blob for name, blob in wanted.items() if blob.size <= LARGEST_FILE}
    contents = _read_blobs(repository, source, [blob.id for blob in readable.values()])
    found: list[Document | Skipped] = []
    for name, blob in wanted.items():
        if name in readable:
            found += read_content(contents[blob.id], add_prefix(prefix, name))
        else:
            found.append(skip_too_large(add_prefix(prefix, name), blob.size))
    others = count_skipped_kinds(name for name in files if name not in wanted)
    return Checkout(commit, (*found, *others))


class _Blob(NamedTuple):
    id: str
    size: int
    """Size in bytes."""


def _list_files(repository: Path, source: GitSource, commit: str) -> dict[str, _Blob]:
    """The blob of each file that passes `is_documentation_path`, by its name below `source.path`; no links.

    Raises `BuildError` if there are none.
    """
    path = PurePosixPath(source.path.strip("/"))
    listing = _run_git(repository, source, "ls-tree", "-r", "-l", "-z", "--full-tree", commit, "--", *map(str, [path]))
    files = {}
    for entry in filter(None, listing.split(b"\0")):
        about, _, name = entry.decode(errors="surrogateescape").partition("\t")
        mode, _, blob, size = about.split()
        below = PurePosixPath(name).relative_to(path)
        below = below if below.parts else PurePosixPath(path.name)
        if mode in ("100644", "100755") and is_documentation_path(below):
            files[str(below)] = _Blob(blob, int(size))
    if not files:
        where = f" under {source.path!r}" if source.path else ""
        raise BuildError(f"{source.location} at {source.ref!r} has no files{where}.")
    return dict(sorted(files.items()))


def _read_blobs(repository: Path, source: GitSource, blobs: list[str]) -> dict[str, bytes]:
    output = _run_git(repository, source, "cat-file", "--batch", given="\n".join(blobs).encode())
    contents, at = {}, 0
    for blob in blobs:
        head_end = output.index(b"\n", at)
        size = int(output[at:head_end].split()[2])
        contents[blob] = output[head_end + 1 : head_end + 1 + size]
        at = head_end + 1 + size + 1
    return contents


def _run_git(repository: Path, source: GitSource, *arguments: str, given: bytes = b"") -> bytes:
    command = ["git", "-C", str(repository), *_SAFE, *arguments]
    try:
        # In its own session git has no terminal on which to ask for a password, so it fails instead.
        result = subprocess.run(command, input=given, capture_output=True, check=True, start_new_session=True)  # noqa: S603
    except FileNotFoundError as error:
        raise BuildError("A git source needs the git command, which isn't installed.") from error
    except subprocess.CalledProcessError as error:
        reason = " ".join(error.stderr.decode(errors="replace").split()) or "no such reference"
        raise BuildError(f"{source.location} at {source.ref!r} can't be read: {reason}") from error
    return result.stdout
