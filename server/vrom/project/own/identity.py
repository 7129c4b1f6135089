"""Name, version and description of a project, from the file in which its ecosystem keeps them.

Only values that are written there count: nothing is executed, so a version that a tool computes is unknown.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name

from vrom.format.versions import UNKNOWN, VERSION
from vrom.project.dependency import Dependency, Ecosystem
from vrom.project.locks.lock import LockFileError, read_text
from vrom.project.locks.untrusted import mapping, parse_json, parse_toml, string

_DOCUMENTATION = {"docs", "doc", "documentation"}
"""Names of folders that document the software in the folder above."""
_PLACEHOLDERS = {"0.0.0", "0", "0.0"}
"""Versions in files of which nothing is published."""
_TEMPLATES = {"add your description here", "add a short description here", "a new project"}
"""Descriptions that tools write into a new project's file."""


@dataclass(frozen=True)
class Identity:
    """A project as the cartridge of its own documentation names it."""

    id: str
    """Id of the cartridge: the name in lower case, without characters that an id can't have."""
    version: str
    summary: str = ""
    ecosystem: Ecosystem = "pypi"

    def as_dependency(self, folder: Path) -> Dependency:
        """The project as a folder of this machine, for reports beside its dependencies."""
        return Dependency(self.ecosystem, self.id, self.version, folder=str(folder))


def identify_project(folder: Path) -> Identity:
    """The identity in `pyproject.toml`, `package.json`, `Cargo.toml` or `go.mod`, else one of the folder's name."""
    return _read_stated(folder) or Identity(_as_id(folder.resolve().name.lower()) or "project", UNKNOWN)


def identify_documentation(folder: Path) -> Identity:
    """The identity of what a folder documents: of the folder above if this one is named `docs`, else its own."""
    folder = folder.resolve()
    above = [folder.parent] if folder.name.lower() in _DOCUMENTATION else []
    stated = [found for place in (*above, folder) if (found := _read_stated(place))]
    return stated[0] if stated else Identity(_as_id(folder.name), UNKNOWN)


def is_project(folder: Path) -> bool:
    """Return True if a folder has a file with its identity, or is a repository."""
    return any((folder / name).exists() for name in (*_FILES, ".git"))


def _read_stated(folder: Path) -> Identity | None:
    """The identity in the first file that states a name; a file that can't be read, such as a pipe, states none."""
    for name, ecosystem in _FILES.items():
        file = folder / name
        try:
            stated = _READERS[ecosystem](file, read_text(file))
        except LockFileError:
            continue
        if identity := _as_id(stated.name):
            is_known = VERSION.fullmatch(stated.version) and stated.version not in _PLACEHOLDERS
            version = stated.version if is_known else UNKNOWN
            summary = " ".join(stated.summary.split())
            is_template = summary.lower().rstrip(".") in _TEMPLATES
            return Identity(identity, version, "" if is_template else summary, ecosystem)
    return None


@dataclass(frozen=True)
class _Stated:
    """Name, version and description that a file states, which may be anything."""

    name: str
    version: str = ""
    summary: str = ""


def _python(file: Path, text: str) -> _Stated:
    parsed = parse_toml(file, text)
    poetry = mapping(mapping(parsed.get("tool")).get("poetry"))
    table = next((one for one in (mapping(parsed.get("project")), poetry) if string(one.get("name"))), {})
    return _make_stated(canonicalize_name(string(table.get("name"))), table)


def _javascript(file: Path, text: str) -> _Stated:
    package = parse_json(file, text)
    return _make_stated(string(package.get("name")).removeprefix("@").replace("/", "__").lower(), package)


def _rust(file: Path, text: str) -> _Stated:
    parsed = parse_toml(file, text)
    package, shared = mapping(parsed.get("package")), mapping(mapping(parsed.get("workspace")).get("package"))
    version = string(package.get("version")) or string(shared.get("version"))
    return _make_stated(string(package.get("name")).lower(), {**package, "version": version})


def _go(_: Path, text: str) -> _Stated:
    found = re.search(r"^module\s+\"?([^\s\"]+)", text, re.MULTILINE)
    path = re.sub(r"/v\d+$", "", found[1]) if found else ""
    return _Stated(path.rpartition("/")[2].lower())


def _make_stated(name: str, table: dict[str, Any]) -> _Stated:
    return _Stated(name, string(table.get("version")), string(table.get("description")))


_FILES: dict[str, Ecosystem] = {"pyproject.toml": "pypi", "package.json": "npm", "Cargo.toml": "cargo", "go.mod": "go"}
IDENTITY_FILES = tuple(_FILES)
_READERS: dict[Ecosystem, Callable[[Path, str], _Stated]] = {
    "pypi": _python, "npm": _javascript, "cargo": _rust, "go": _go,
}  # fmt: skip


def _as_id(name: str) -> str:
    """The name with characters that an id can't have replaced; empty if nothing is left."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-._")[:128]
