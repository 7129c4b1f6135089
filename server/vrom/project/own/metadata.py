"""Name and version of the software in a folder, as its `pyproject.toml` or `package.json` states them.

Only values that are written there count: nothing is executed, so a version that a tool computes is unknown.
"""

import contextlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from packaging.utils import canonicalize_name

from vrom.format.versions import VERSION
from vrom.project.cartridge_names import cartridge_id
from vrom.project.locks.javascript.package_json import read_package_json
from vrom.project.locks.lock import LockFileError
from vrom.project.locks.untrusted import mapping, read_toml, string

_DOCUMENTATION = {"docs", "doc", "documentation"}
"""Names of folders that document the software in the folder above."""
_PLACEHOLDERS = {"0.0.0", "0", "0.0"}
"""Versions in files of which nothing is published."""


@dataclass(frozen=True)
class Metadata:
    """Id and version for the documentation of a folder; empty if it doesn't state them."""

    id: str = ""
    version: str = ""


def read_metadata(folder: Path) -> Metadata:
    """Read what a folder states, or the folder above if this one is named `docs`. Its id is never empty.

    Without a stated name, the id is the folder's own name.
    """
    folder = folder.resolve()
    above = [folder.parent] if folder.name.lower() in _DOCUMENTATION else []
    stated = [found for place in (*above, folder) for found in _stated(place) if found.id]
    return stated[0] if stated else Metadata(_as_id(folder.name))


def _stated(folder: Path) -> Iterator[Metadata]:
    """What each file of a folder states; none for a file that can't be read."""
    with contextlib.suppress(LockFileError):
        content = read_toml(folder / "pyproject.toml") if (folder / "pyproject.toml").is_file() else {}
        for table in (mapping(content.get("project")), mapping(mapping(content.get("tool")).get("poetry"))):
            yield Metadata(_as_id(canonicalize_name(string(table.get("name")))), _version(table.get("version")))
    with contextlib.suppress(LockFileError):
        package = read_package_json(folder)
        name = cartridge_id("npm", string(package.get("name"))).removeprefix("npm.")
        yield Metadata(_as_id(name), _version(package.get("version")))


def _version(value: object) -> str:
    version = string(value)
    return version if VERSION.fullmatch(version) and version not in _PLACEHOLDERS else ""


def _as_id(name: str) -> str:
    """The name with characters that an id can't have replaced; empty if nothing is left."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-._")[:128]
