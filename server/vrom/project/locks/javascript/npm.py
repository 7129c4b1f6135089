"""`package-lock.json` and `npm-shrinkwrap.json` of npm, lock file versions 1 to 3."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from vrom.project.dependency import Dependency
from vrom.project.locks.javascript.package_json import (
    describe_member,
    list_dependencies,
    module_paths,
    read_package_json,
    workspace_patterns,
)
from vrom.project.locks.javascript.registry import clean_version, foreign_origin, read_origin, split_at
from vrom.project.locks.lock import LockFileError, read_text
from vrom.project.locks.untrusted import finish, mapping, parse_json, string
from vrom.project.locks.workspace import ROOT, asked_members, locate, matches, normal_path

_MODULES = "node_modules/"
_DEPTH = 50
"""Maximum levels of `node_modules` in each other."""

_Packages = dict[str, dict[str, Any]]
"""Entries by their folder, relative to the lock file's, as versions 2 and 3 have them."""


def read_npm(file: Path, folder: Path) -> list[Dependency]:
    """Read the lock file of npm. Raises `LockFileError`."""
    lock = parse_json(file, read_text(file))
    packages = _packages(file, lock)
    members = _members(file.parent, packages)
    found = {
        path: _describe(file.parent, packages, path, entry) for path, entry in packages.items() if _MODULES in path
    }
    direct = [
        replace(there, groups=frozenset({listed.group}))
        for member in sorted(asked_members(members, file.parent, folder))
        for listed in list_dependencies(packages[member])
        if (there := next(filter(None, map(found.get, module_paths(member, listed.alias))), None))
    ]
    return finish([*found.values(), *direct])


def _packages(file: Path, lock: dict[str, Any]) -> _Packages:
    if isinstance(lock.get("packages"), dict):
        return {normal_path(path): mapping(entry) for path, entry in lock["packages"].items() if len(path) <= 1000}
    if isinstance(lock.get("dependencies"), dict):
        return _unfold(file.parent, lock["dependencies"])
    if isinstance(lock.get("lockfileVersion"), int):
        return {ROOT: {}}
    raise LockFileError(file, "has neither `packages` nor `dependencies`, so it is not a lock file of npm.")


def _unfold(root: Path, tree: dict[str, Any]) -> _Packages:
    """Entries of version 1, which nests them, in the form of versions 2 and 3."""
    packages = {ROOT: read_package_json(root)}
    waiting = [("", tree, 0)]
    while waiting:
        parent, entries, depth = waiting.pop()
        for name, value in entries.items():
            entry = mapping(value)
            version = string(entry.get("version"))
            path = f"{parent}{_MODULES}{name}"
            if version.startswith("file:") and locate(root, version.removeprefix("file:")):
                target = normal_path(version.removeprefix("file:"))
                packages[path] = {"link": True, "resolved": target}
                packages[target] = read_package_json(root, target)
                path = target
            elif version.startswith("npm:"):
                real, version = split_at(version.removeprefix("npm:"))
                packages[path] = {**entry, "name": real, "version": version}
            else:
                packages[path] = entry
            if depth < _DEPTH:
                waiting.append((f"{path}/", mapping(entry.get("dependencies")), depth + 1))
    return packages


def _members(root: Path, packages: _Packages) -> set[str]:
    """Paths of the root and the workspace's members; other folders are linked as dependencies."""
    patterns = workspace_patterns(packages.setdefault(ROOT, {}))
    folders = [path for path in packages if path != ROOT and _MODULES not in path and matches(path, patterns)]
    return {ROOT, *(path for path in folders if locate(root, path))}


def _describe(root: Path, packages: _Packages, path: str, entry: dict[str, Any]) -> Dependency:
    """The dependency at a path; a link is the folder it leads to."""
    if entry.get("link") is True:
        target = normal_path(string(entry.get("resolved")))
        named = {"name": _last_name(path), **packages.get(target, {})}
        return describe_member(root, target, named)
    name = string(entry.get("name")) or _last_name(path)
    version = clean_version(string(entry.get("version")))
    artifacts, index = read_origin(name, string(entry.get("resolved")), string(entry.get("integrity")))
    index = index or foreign_origin(string(entry.get("version")))  # in version 1, which has no more
    return Dependency("npm", name, version, artifacts=artifacts, index=index)


def _last_name(path: str) -> str:
    return path.rpartition(_MODULES)[2]
