"""Members of a workspace: their folders, none of which is outside of the folder of the lock file."""

import os
import posixpath
from collections.abc import Collection, Iterable, Mapping
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from typing import Any

from vrom.project.locks.untrusted import strings

ROOT = "."
"""Path of the workspace's root, relative to itself."""
_LONGEST_PATH = 1000
_MOST_FOLDERS = 50_000
"""Maximum folders to look into for members."""
_SKIPPED = {"node_modules", ".git"}


def normal_path(path: str) -> str:
    """A relative path as `a/b`, or `ROOT`; unchanged if it climbs above its root or is too long to be one."""
    return posixpath.normpath(path) if len(path) <= _LONGEST_PATH else path


def locate(root: Path, path: str) -> Path | None:
    """The file or folder at a path relative to `root`; None if it is outside, directly or through a symlink."""
    normal = normal_path(path)
    if len(path) > _LONGEST_PATH or normal.startswith(("/", "..")):
        return None
    there = root / normal
    try:
        return there if there.resolve().is_relative_to(root.resolve()) else None
    except (OSError, RuntimeError, ValueError):
        return None


def asked_members(members: Collection[str], root: Path, folder: Path) -> set[str]:
    """Members whose dependencies count as direct: all for the root, else the one that `folder` is in."""
    try:
        below = PurePosixPath(folder.resolve().relative_to(root.resolve()).as_posix())
    except (OSError, RuntimeError, ValueError):
        return set()
    if str(below) == ROOT:
        return set(members)
    nearest = next((str(path) for path in (below, *below.parents) if str(path) in members), None)
    return set() if nearest is None else {nearest}


def matches(path: str, patterns: Iterable[str]) -> bool:
    """Return True if a path matches a workspace pattern, and none of those that begin with `!`."""
    wanted, unwanted = _split(patterns)
    return _matches_any(path, wanted) and not _matches_any(path, unwanted)


def find_members(root: Path, patterns: Iterable[str], manifest: str) -> list[str]:
    """Paths of the folders below `root` that match workspace patterns and hold a file `manifest`.

    Symlinks are not followed.
    """
    wanted, unwanted = _split(patterns)
    found: list[str] = []
    looked = 0
    waiting = [(ROOT, [pattern for pattern in wanted if pattern])]
    while waiting and looked < _MOST_FOLDERS:
        path, remaining = waiting.pop()
        for name in sorted(_folders_in(root / path), reverse=True):
            below = _advance(remaining, name)
            if below:
                looked += 1
                waiting.append((posixpath.normpath(f"{path}/{name}"), below))
        is_match = any(_is_done(pattern) for pattern in remaining)
        if is_match and path != ROOT and (root / path / manifest).is_file() and not _matches_any(path, unwanted):
            found.append(path)
    return found


def with_excluded(workspace: Mapping[str, Any]) -> list[str]:
    """Patterns of a workspace's members from its table, as uv and cargo write it: `members` but for `exclude`."""
    members = strings(workspace.get("members"))
    return [*members, *(f"!{one}" for one in strings(workspace.get("exclude")))] if members else []


_Pattern = tuple[str, ...]


def _split(patterns: Iterable[str]) -> tuple[list[_Pattern], list[_Pattern]]:
    """Patterns by segment: wanted ones, and those that begin with `!`."""
    wanted: list[_Pattern] = []
    unwanted: list[_Pattern] = []
    for pattern in patterns:
        if len(pattern) <= _LONGEST_PATH:
            segments = PurePosixPath(posixpath.normpath(pattern.removeprefix("!") or ROOT)).parts
            (unwanted if pattern.startswith("!") else wanted).append(segments)
    return wanted, unwanted


def _matches_any(path: str, patterns: list[_Pattern]) -> bool:
    remaining = patterns
    for name in PurePosixPath(path).parts:
        remaining = _advance(remaining, name)
    return any(_is_done(pattern) for pattern in remaining)


def _advance(patterns: Iterable[_Pattern], name: str) -> list[_Pattern]:
    """What is left of each pattern after a folder called `name`."""
    left: dict[_Pattern, None] = {}
    waiting = list(patterns)
    while waiting:
        pattern = waiting.pop()
        if pattern[:1] == ("**",):
            left[pattern] = None
            waiting.append(pattern[1:])
        elif pattern and fnmatchcase(name, pattern[0]):
            left[pattern[1:]] = None
    return list(left)


def _is_done(pattern: _Pattern) -> bool:
    return all(segment == "**" for segment in pattern)


def _folders_in(folder: Path) -> list[str]:
    try:
        with os.scandir(folder) as entries:
            return [one.name for one in entries if one.is_dir(follow_symlinks=False) and one.name not in _SKIPPED]
    except OSError:
        return []
