"""Folders in which a project's files may lie: its own, and those above it in the same repository."""

import os
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path

LOCK_FILES = (
    "uv.lock", "pylock.toml", "poetry.lock", "pdm.lock", "Pipfile.lock", "requirements.txt", "pyproject.toml",
    "package-lock.json", "npm-shrinkwrap.json", "pnpm-lock.yaml", "yarn.lock", "bun.lock", "package.json",
    "Cargo.lock", "go.mod", "go.work",
)  # fmt: skip
"""Names of the files that say what a project locks."""

_PASSED_OVER = {"node_modules", "vendor", "target", "build", "dist", "site-packages", "venv"}
_MOST_FOLDERS = 1000
_ENDS = (".git", ".hg", ".jj")
_DEEPEST = 30


def folders_above(folder: Path) -> Iterator[Path]:
    """Yield a folder and those above it, up to the one that is a repository; without one, only the folder itself.

    A lock file in a home folder, or in `/tmp`, says nothing about the projects below it.
    """
    above = [folder, *folder.parents][:_DEEPEST]
    ends = [index for index, one in enumerate(above) if any((one / name).exists() for name in _ENDS)]
    yield from above[: ends[0] + 1] if ends else above[:1]


def find_projects_below(folder: Path) -> list[Path]:
    """Folders at most two levels below one that have files which may say what is locked, as in a monorepo; sorted."""
    inner = list(_list_folders(folder))
    looked = islice((one for place in inner for one in (place, *_list_folders(place))), _MOST_FOLDERS)
    return sorted(one for one in looked if any(os.path.isfile(one / name) for name in LOCK_FILES))  # noqa: PTH113


def _list_folders(folder: Path) -> Iterator[Path]:
    """The folders in a folder, without links, hidden ones and those that hold what was installed or built."""
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in islice(entries, _MOST_FOLDERS):
            is_hidden = entry.name.startswith(".") or entry.name in _PASSED_OVER
            if not is_hidden and entry.is_dir(follow_symlinks=False):
                yield folder / entry.name
