"""`Cargo.toml` of a workspace: packages and their dependency lists."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from vrom.project.dependency import DEV, MAIN
from vrom.project.locks.lock import read_text
from vrom.project.locks.untrusted import mapping, parse_toml, string, strings
from vrom.project.locks.workspace import ROOT, find_members, locate, matches, normal_path

_FILE = "Cargo.toml"
_GROUPS = {
    "dependencies": MAIN,
    "dev-dependencies": DEV,
    "dev_dependencies": DEV,
    "build-dependencies": "build",
    "build_dependencies": "build",
}
_NUMBERS = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,9}){0,2}")


class Listed(NamedTuple):
    """An entry of a dependency list."""

    name: str
    """The package's own name, however the project renames it."""
    requirement: str
    group: str
    path: str
    """Path to its folder, relative to that of the manifest; empty for one of a registry or a git repository."""

    def admits(self, version: str) -> bool:
        """Return True if a version may fit the requirement, by the numbers that compatible versions share."""
        found = _NUMBERS.search(self.requirement)
        if found is None:
            return True
        wanted = found[0].split(".")
        first = next((at for at, number in enumerate(wanted) if int(number)), len(wanted) - 1)
        return version.split(".")[: first + 1] == wanted[: first + 1]


@dataclass(frozen=True)
class Manifest:
    """A `Cargo.toml`."""

    name: str
    """Empty for a workspace's root that is no package."""
    version: str
    listed: tuple[Listed, ...]


def read_manifests(root: Path) -> dict[str, Manifest]:
    """The root's manifest and those of the workspace's members, by path.

    Members are folders that `workspace.members` or a path dependency names. Raises `LockFileError`.
    """
    top = _read(root, ROOT)
    workspace = mapping(top.get("workspace"))
    excluded = [f"{path}/**" for path in strings(workspace.get("exclude"))]
    patterns = [*strings(workspace.get("members")), *(f"!{pattern}" for pattern in excluded)]
    shared = [string(mapping(one).get("path")) for one in mapping(workspace.get("dependencies")).values()]
    manifests: dict[str, Manifest] = {}
    waiting = [ROOT, *map(normal_path, filter(None, shared)), *find_members(root, patterns, _FILE)]
    while waiting:
        path = waiting.pop()
        if path in manifests or (path != ROOT and not _has_manifest(root, path)):
            continue
        manifest = manifests[path] = _describe(_read(root, path), workspace)
        for one in manifest.listed:
            below = normal_path(f"{path}/{one.path}")
            if one.path and not matches(below, excluded):
                waiting.append(below)
    return manifests


def _has_manifest(root: Path, path: str) -> bool:
    file = locate(root, f"{path}/{_FILE}")
    return file is not None and file.is_file()


def _read(root: Path, path: str) -> dict[str, Any]:
    file = locate(root, f"{path}/{_FILE}")
    return parse_toml(file, read_text(file)) if file and _has_manifest(root, path) else {}


def _describe(content: dict[str, Any], workspace: dict[str, Any]) -> Manifest:
    package = mapping(content.get("package"))
    version = package.get("version")
    if mapping(version).get("workspace") is True:
        version = mapping(workspace.get("package")).get("version")
    shared = mapping(workspace.get("dependencies"))
    return Manifest(string(package.get("name")), string(version), tuple(_list(content, shared)))


def _list(content: dict[str, Any], shared: dict[str, Any]) -> Iterator[Listed]:
    """Entries of the dependency lists, those for a target included."""
    for lists in (content, *map(mapping, mapping(content.get("target")).values())):
        for key, group in _GROUPS.items():
            for alias, value in mapping(lists.get(key)).items():
                is_shared = mapping(value).get("workspace") is True
                yield _describe_listed(alias, shared.get(alias) if is_shared else value, group, is_shared=is_shared)


def _describe_listed(alias: str, value: object, group: str, *, is_shared: bool) -> Listed:
    fields = mapping(value)
    name = string(fields.get("package")) or alias
    # A path in `workspace.dependencies` is relative to the root, not to this manifest's folder.
    path = "" if is_shared else string(fields.get("path"))
    return Listed(name, string(fields.get("version")) or string(value), group, path)
