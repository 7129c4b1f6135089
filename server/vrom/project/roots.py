"""Folders in which a project's files may lie: its own, and those above it in the same repository."""

from collections.abc import Iterator
from pathlib import Path

LOCK_FILES = (
    "uv.lock", "pylock.toml", "poetry.lock", "pdm.lock", "Pipfile.lock", "requirements.txt", "pyproject.toml",
    "package-lock.json", "npm-shrinkwrap.json", "pnpm-lock.yaml", "yarn.lock", "bun.lock", "package.json",
    "Cargo.lock", "go.mod", "go.work",
)  # fmt: skip
"""Names of the files that say what a project locks."""

_ENDS = (".git", ".hg", ".jj")
_DEEPEST = 30


def folders_above(folder: Path) -> Iterator[Path]:
    """Yield a folder and those above it, up to the one that is a repository; without one, only the folder itself.

    A lock file in a home folder, or in `/tmp`, says nothing about the projects below it.
    """
    above = [folder, *folder.parents][:_DEEPEST]
    ends = [index for index, one in enumerate(above) if any((one / name).exists() for name in _ENDS)]
    yield from above[: ends[0] + 1] if ends else above[:1]
