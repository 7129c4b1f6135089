"""Name, version and description of a project, from the file in which its ecosystem keeps them."""

import json
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vrom.project.dependency import Dependency, Ecosystem
from vrom.project.locks.lock import LockFileError, read_text
from vrom.project.locks.untrusted import mapping, string

UNKNOWN = "unknown"
"""Version of a project whose files name none, or have it computed."""

_VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,63}")


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
    for file, ecosystem in _FILES.items():
        name, version, summary = _READERS[ecosystem](_read_text(folder / file))
        if normal := _normalise(name):
            known = version if _VERSION.fullmatch(version) else UNKNOWN
            return Identity(normal, known, " ".join(summary.split()), ecosystem)
    return Identity(_normalise(folder.resolve().name) or "project", UNKNOWN)


def is_project(folder: Path) -> bool:
    """Return True if a folder has a file with its identity, or is a repository."""
    return any((folder / name).exists() for name in (*_FILES, ".git"))


def _python(text: str) -> tuple[str, str, str]:
    parsed = _toml(text)
    project = mapping(parsed.get("project")) or mapping(mapping(parsed.get("tool")).get("poetry"))
    return string(project.get("name")), string(project.get("version")), string(project.get("description"))


def _javascript(text: str) -> tuple[str, str, str]:
    try:
        parsed = json.loads(text or "{}")
    except (ValueError, RecursionError):
        parsed = {}
    table = parsed if isinstance(parsed, dict) else {}
    return string(table.get("name")), string(table.get("version")), string(table.get("description"))


def _rust(text: str) -> tuple[str, str, str]:
    parsed = _toml(text)
    package, shared = mapping(parsed.get("package")), mapping(mapping(parsed.get("workspace")).get("package"))
    version = string(package.get("version")) or string(shared.get("version"))
    return string(package.get("name")), version, string(package.get("description"))


def _go(text: str) -> tuple[str, str, str]:
    found = re.search(r"^module\s+\"?([^\s\"]+)", text, re.MULTILINE)
    path = re.sub(r"/v\d+$", "", found[1]) if found else ""
    return path.rpartition("/")[2], "", ""


_FILES: dict[str, Ecosystem] = {"pyproject.toml": "pypi", "package.json": "npm", "Cargo.toml": "cargo", "go.mod": "go"}
IDENTITY_FILES = tuple(_FILES)
_READERS = {"pypi": _python, "npm": _javascript, "cargo": _rust, "go": _go}


def _normalise(name: str) -> str:
    scoped = name.removeprefix("@").replace("/", "__")
    return re.sub(r"[^a-z0-9_]+", "-", scoped.lower()).strip("-_")[:128]


def _read_text(file: Path) -> str:
    """The text of a file; empty if it can't be read, or is no file: a pipe in a checkout would never end."""
    try:
        return read_text(file)
    except LockFileError:
        return ""


def _toml(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError):
        return {}
