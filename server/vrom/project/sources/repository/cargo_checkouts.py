"""Crates of git repositories, in the checkouts that cargo keeps on this machine.

Source: https://doc.rust-lang.org/cargo/guide/cargo-home.html. A folder there is named after the repository and the
beginning of the commit, so the commit itself is compared: it says which repository it is, too.
"""

import os
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from vrom.project.locks.lock import LockFileError, read_text
from vrom.project.locks.untrusted import mapping, read_toml

_COMMIT = re.compile(r"[0-9a-f]{40}")
_BRANCH = re.compile(r"ref: (refs/heads/[\w-][\w.-]{0,100}(?:/[\w-][\w.-]{0,100}){0,5})")
_MOST_FOLDERS = 2000
_PASSED_OVER = {"target", "node_modules"}


def find_crates(cargo: Path, name: str, commit: str) -> Iterator[Path]:
    """Find the folders of a crate in the checkouts of a commit below `cargo`, cargo's home."""
    if not _COMMIT.fullmatch(commit):
        return
    for checkout in sorted(cargo.glob(f"git/checkouts/*/{commit[:7]}*")):
        if _head(checkout / ".git") == commit:
            yield from (folder for folder in islice(_folders(checkout), _MOST_FOLDERS) if _is_crate(folder, name))


def _head(repository: Path) -> str:
    """The commit that is checked out: cargo keeps it in a branch."""
    try:
        text = read_text(repository / "HEAD").strip()
        branch = _BRANCH.fullmatch(text)
        return read_text(repository / branch[1]).strip() if branch else text
    except LockFileError:
        return ""


def _folders(root: Path) -> Iterator[Path]:
    for parent, folders, files in os.walk(root):
        folders[:] = sorted(name for name in folders if name[0] != "." and name not in _PASSED_OVER)
        if "Cargo.toml" in files:
            yield Path(parent)


def _is_crate(folder: Path, name: str) -> bool:
    try:
        return bool(mapping(read_toml(folder / "Cargo.toml").get("package")).get("name") == name)
    except LockFileError:
        return False
