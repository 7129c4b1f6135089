"""Parts of a repository: folders below its root that have a lock file of their own, as in a monorepo of several tools.

A part is only what a project is developed in: neither what was installed or built, nor a repository of another project
(a submodule), nor examples, documentation and tests, which lock what the project itself doesn't use.
"""

import os
import re
from collections import deque
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from vrom.project.locks.lock import LockFileError, read_text
from vrom.project.roots import LOCK_FILES

_LOCKS = frozenset(LOCK_FILES) - {"pyproject.toml", "package.json"}
"""Files that lock versions, and those that pin them by hand; not those that only list dependencies."""

MOST_PARTS = 32
_DEEPEST = 3
"""Levels below the root: `services/shop/api` is three."""
_MOST_FOLDERS = 3000
"""Maximum folders to look into."""
_MOST_ENTRIES = 20_000
"""Maximum entries of a folder to look at."""
_REPOSITORY = (".git", ".hg", ".jj")
_PASSED_OVER = frozenset({
    "node_modules", "bower_components", "vendor", "third_party", "site-packages", "venv", "env", "target", "build",
    "dist", "out", "__pycache__", "example", "examples", "sample", "samples", "demo", "demos", "template", "templates",
    "doc", "docs", "test", "tests", "__tests__", "e2e", "testdata", "fixture", "fixtures", "__fixtures__", "bench",
    "benches", "benchmark", "benchmarks",
})  # fmt: skip

_UV_MEMBER = re.compile(r'^source = \{ (?:editable|virtual|directory) = "([^"\n]{1,1000})" \}$', re.MULTILINE)
"""As uv writes the source of a package that is a folder."""


class Parts(NamedTuple):
    """The parts of a repository, and whether there may be more than were looked for."""

    folders: tuple[Path, ...] = ()
    """Sorted by path."""
    is_cut: bool = False


def find_parts(root: Path) -> Parts:
    """Find the parts below a folder that is a repository or has a lock file; any other has none.

    A home folder has none either: what lies below it are other projects, whatever it locks itself. Links are not
    followed. Nearer folders are looked into first; there are `MOST_PARTS` at most. A folder that can't be reached
    has none.
    """
    try:
        root = root.resolve()
    except (OSError, RuntimeError):  # the second for links in a circle, until Python 3.13
        return Parts()
    top = _look(root)
    home = os.path.expanduser("~")  # noqa: PTH111 - Path.home raises RuntimeError where there is none
    holds_home = Path(home).is_absolute() and Path(os.path.realpath(home)).is_relative_to(root)
    if not (top.is_repository or top.has_lock) or holds_home:
        return Parts()
    found: list[Path] = []
    looked = 0
    waiting = deque((below, 1) for below in top.folders)
    while waiting:
        place, depth = waiting.popleft()
        looked += 1
        if looked > _MOST_FOLDERS or len(found) > MOST_PARTS:
            return Parts(tuple(sorted(found[:MOST_PARTS])), is_cut=True)
        folder = _look(place)
        if folder.is_repository:
            continue
        if folder.has_lock:
            found.append(place)
        if depth < _DEEPEST:
            waiting.extend((below, depth + 1) for below in folder.folders)
    return Parts(tuple(sorted(found[:MOST_PARTS])), is_cut=len(found) > MOST_PARTS)


def is_lock(name: str) -> bool:
    """Return True for the name of a file that locks versions; False for one that only lists dependencies."""
    return name in _LOCKS or name.startswith(("pylock.", "requirements"))


def list_uv_members(lock: Path) -> set[Path]:
    """The folders that a `uv.lock` covers, among them the members of its workspace; none if it can't be read."""
    try:
        text = read_text(lock)
    except LockFileError:
        return set()
    return {Path(os.path.normpath(lock.parent / path)) for path in _UV_MEMBER.findall(text)}


class _Folder(NamedTuple):
    is_repository: bool
    has_lock: bool
    folders: list[Path]
    """The folders in it that may hold parts, sorted."""


def _look(folder: Path) -> _Folder:
    """Read a folder once."""
    names: set[str] = set()
    folders: list[Path] = []
    has_lock = False
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in islice(entries, _MOST_ENTRIES):
            names.add(entry.name)
            if entry.name in _LOCKS:
                has_lock = has_lock or os.path.isfile(entry.path)  # noqa: PTH113 - Path.is_file raises PermissionError
            elif not entry.name.startswith(".") and entry.name.lower() not in _PASSED_OVER:
                with suppress(OSError):
                    if entry.is_dir(follow_symlinks=False):
                        folders.append(folder / entry.name)
    return _Folder(not names.isdisjoint(_REPOSITORY), has_lock, sorted(folders))
