"""Documentation files of a repository at a tag, written into a folder.

Only the tag's trees are fetched, then the files that the readers read, and then those that these include: nothing is
checked out, and no program that the repository names is run. Time and size are bounded.
"""

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from vrom.builder.sources.files.read import LARGEST_FILE, find_reader, is_documentation_path
from vrom.builder.sources.git.command import Git
from vrom.builder.sources.git.read import read_blobs
from vrom.builder.sources.included.tree import LARGEST_INCLUDED
from vrom.project.sources.archive import safe_path
from vrom.project.sources.repository.included import find_included

LISTING_SECONDS = 10.0
"""Time in which a forge must list the tags."""
FETCH_SECONDS = 60.0
MOST_BYTES = 300_000_000
"""Maximum bytes on disk of what is fetched."""
MOST_FILES = 4_000
_CONFIGURATION = ("conf.py", "mkdocs.yml", "mkdocs.yaml")
"""Files that say where the documentation is."""
_FETCH = ("fetch", "--quiet", "--no-tags", "--no-recurse-submodules", "--filter=blob:none")
_NOT_DOCUMENTATION = {"test", "tests", "testing", "__tests__", "fixtures", "node_modules", "vendor", "third_party"}


@dataclass(frozen=True)
class Checkout:
    """The commit that a tag resolved to, and the number of files written."""

    commit: str
    files: int


def open_repository(url: str, folder: Path) -> Git:
    """Make an empty repository in `folder`, to fetch from `url`. Raises `BuildError`."""
    scheme = url.partition(":")[0]
    git = Git(folder / "repository.git", url, transports=(scheme,), seconds=LISTING_SECONDS, most_bytes=MOST_BYTES)
    git.run("init", "--quiet", "--bare", "--template=")
    git.run("config", "remote.origin.url", url)
    return git


def list_tags(git: Git) -> list[str]:
    """The names of the remote repository's tags. Raises `BuildError`."""
    listing = git.run("ls-remote", "--tags", "--refs", "origin").decode(errors="replace")
    return [line.partition("\trefs/tags/")[2] for line in listing.splitlines() if "\trefs/tags/" in line]


def check_out(git: Git, tag: str, directory: str, into: Path) -> Checkout:
    """Fetch a tag, and write its documentation files below `into`. Raises `BuildError`.

    `directory` is the folder of the package in a repository of several: files of the others are left out.
    """
    end = time.monotonic() + FETCH_SECONDS
    git = git._replace(seconds=FETCH_SECONDS)
    git.run(*_FETCH, "--depth=1", "origin", f"refs/tags/{tag}:refs/tags/{tag}")
    commit = git.run("rev-parse", "--verify", "--end-of-options", f"refs/tags/{tag}^{{commit}}").decode().strip()
    listed = _list_files(git.run("ls-tree", "-r", "-z", "--full-tree", commit))
    files = _choose(listed, directory)
    written = _write(_within(git, end), files, into, LARGEST_FILE)
    pages = [path.as_posix() for path in files if path in written]
    names = {path.as_posix(): path for path in listed}
    included = sorted(find_included(into, pages, names.keys()))[:MOST_FILES]
    written |= _write(
        _within(git, end), {names[name]: listed[names[name]] for name in included}, into, LARGEST_INCLUDED
    )
    return Checkout(commit, len(written))


def _within(git: Git, end: float) -> Git:
    return git._replace(seconds=max(1.0, end - time.monotonic()))


def _write(git: Git, files: Mapping[Path, str], into: Path, largest: int) -> set[Path]:
    """Fetch blobs and write them below `into`, except those that are too large. Raises `BuildError`."""
    if files:
        wanted = "".join(f"{blob}\n" for blob in dict.fromkeys(files.values())).encode()
        # as git itself fetches the missing objects of a partial clone, see promisor-remote.c
        git.run(
            "-c", "fetch.negotiationAlgorithm=noop", *_FETCH, "--no-write-fetch-head", "--stdin", "origin", given=wanted
        )
    sizes = _read_sizes(git, files.values())
    readable = {path: blob for path, blob in files.items() if sizes[blob] <= largest}
    if sum(sizes[blob] for blob in readable.values()) > MOST_BYTES:
        raise git.unreadable(f"its documentation has more than {MOST_BYTES:,} bytes.")
    contents = read_blobs(git, list(dict.fromkeys(readable.values())))
    try:
        for path, blob in readable.items():
            (into / path).parent.mkdir(parents=True, exist_ok=True)
            (into / path).write_bytes(contents[blob])
    except OSError as error:
        raise git.unreadable(f"its files can't be written: {error.strerror or error}.") from error
    return set(readable)


def _read_sizes(git: Git, blobs: Iterable[str]) -> dict[str, int]:
    """The sizes of blobs by id: a small pack can hold large ones. Raises `BuildError` if one is missing."""
    listing = git.run("cat-file", "--batch-check=%(objectname) %(objectsize)", given="\n".join(blobs).encode())
    sizes = dict(line.split(" ") for line in listing.decode().splitlines())
    if not all(size.isdecimal() for size in sizes.values()):
        raise git.unreadable("the server did not send all files.")
    return {blob: int(size) for blob, size in sizes.items()}


def _list_files(listing: bytes) -> dict[Path, str]:
    """The regular files of a tree, by path, with the ids of their blobs; no links."""
    found: dict[Path, str] = {}
    for entry in filter(None, listing.split(b"\0")):
        about, _, name = entry.decode(errors="surrogateescape").partition("\t")
        mode, kind, blob = about.split()
        path = safe_path(name) if name.isprintable() else None
        if path and kind == "blob" and mode in {"100644", "100755"}:
            found[path] = blob
    return found


def _choose(listed: Mapping[Path, str], directory: str) -> dict[Path, str]:
    """The documentation files of a tree, by path, with the ids of their blobs."""
    wanted = [path for path in listed if _is_wanted(PurePosixPath(path.as_posix()), directory)]
    ordered = sorted(wanted, key=lambda path: (not _is_below_docs(path), len(path.parts), path))
    return {path: listed[path] for path in ordered[:MOST_FILES]}


def _is_wanted(path: PurePosixPath, directory: str) -> bool:
    if path.name not in _CONFIGURATION and not find_reader(path.name):
        return False
    if not is_documentation_path(path) or _NOT_DOCUMENTATION & set(path.parts[:-1]):
        return False
    return not directory or path.is_relative_to(directory) or _is_below_docs(path)


def _is_below_docs(path: PurePosixPath | Path) -> bool:
    return path.parts[0].lower() in {"docs", "doc", "documentation"} and len(path.parts) > 1
