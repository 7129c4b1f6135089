"""`yarn.lock` of yarn 1 and of Berry (yarn 2 and later).

The file doesn't say which entries the project itself lists: each `package.json` does.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from vrom.project.dependency import Dependency
from vrom.project.locks.javascript.package_json import (
    Listed,
    describe_member,
    list_dependencies,
    read_members,
    read_package_json,
)
from vrom.project.locks.javascript.registry import clean_version, foreign_origin, read_origin, real_name, split_at
from vrom.project.locks.javascript.yarn_lock import parse_yarn_lock
from vrom.project.locks.lock import read_text
from vrom.project.locks.untrusted import finish, mapping, string
from vrom.project.locks.workspace import ROOT, asked_members, locate, normal_path

_METADATA = "__metadata"
"""Key that only Berry's files have."""
_WORKSPACE = "workspace:"
_LOCAL_VERSION = "0.0.0-use.local"
"""What Berry writes for folders."""


@dataclass(frozen=True)
class _Entries:
    """Dependencies of a lock file."""

    by_pattern: dict[str, Dependency]
    """By the name and range that others list them with: `ms@^2.0.0`."""
    by_name: dict[str, list[Dependency]]

    def resolve(self, alias: str, ranges: Iterator[str]) -> Dependency | None:
        """The entry for one of these ranges.

        If there is none, since `resolutions` or a catalog replace the range: the only version of that name.
        """
        for wanted in ranges:
            if found := self.by_pattern.get(f"{alias}@{wanted}"):
                return found
        same = {(one.name, one.version): one for one in self.by_name.get(alias, [])}
        return next(iter(same.values())) if len(same) == 1 else None


def read_yarn(file: Path, folder: Path) -> list[Dependency]:
    """Read the lock file of yarn. Raises `LockFileError`."""
    root = file.parent
    lock = {pattern: mapping(entry) for pattern, entry in parse_yarn_lock(file, read_text(file)).items()}
    is_berry = lock.pop(_METADATA, None) is not None
    manifests = _read_workspace(root, lock) if is_berry else read_members(root)
    members = {path: describe_member(root, path, one) for path, one in manifests.items() if path != ROOT}
    described = {
        pattern: _describe_berry(entry, members) if is_berry else _describe(pattern, entry)
        for pattern, entry in lock.items()
    }
    entries = _index(described, members)
    direct = [
        replace(there, groups=frozenset({listed.group}))
        for path in sorted(asked_members(manifests, root, folder))
        for locked in [_locked_ranges(lock, path) if is_berry else {}]
        for listed in list_dependencies(manifests[path])
        if (there := entries.resolve(listed.alias, _ranges(listed, locked)))
    ]
    return finish([*entries.by_pattern.values(), *members.values(), *direct])


def _index(described: dict[str, Dependency | None], members: dict[str, Dependency]) -> _Entries:
    by_pattern: dict[str, Dependency] = {}
    by_name: dict[str, list[Dependency]] = {}
    for pattern, dependency in described.items():
        if dependency:
            # Berry binds a patch to the package that lists it: `…#./ms.patch::locator=shop%40workspace%3A.`
            by_pattern[pattern.partition("::")[0]] = dependency
            by_name.setdefault(split_at(pattern)[0], []).append(dependency)
    for member in members.values():
        by_name.setdefault(member.name, [member])
    return _Entries(by_pattern, by_name)


def _describe(pattern: str, entry: dict[str, Any]) -> Dependency:
    """The dependency of an entry of yarn 1."""
    alias, specifier = split_at(pattern)
    name = real_name(alias, specifier)
    version = "" if specifier.startswith("link:") else clean_version(string(entry.get("version")))
    artifacts, index = read_origin(name, string(entry.get("resolved")), string(entry.get("integrity")))
    has_address = any(one.url for one in artifacts)
    index = index or ("" if has_address else foreign_origin(specifier))
    return Dependency("npm", name, version, artifacts=artifacts, index=index)


def _describe_berry(entry: dict[str, Any], members: dict[str, Dependency]) -> Dependency | None:
    """The dependency of an entry of Berry; None for the root of the workspace.

    Its checksum is that of the archive that yarn repacks, not of the registry's, so it is left out.
    """
    name, locator = split_at(string(entry.get("resolution")))
    if locator.startswith(_WORKSPACE):
        return members.get(normal_path(locator.removeprefix(_WORKSPACE)))
    version = string(entry.get("version"))
    _, _, archive = locator.partition("::__archiveUrl=")
    artifacts, index = read_origin(name, unquote(archive.partition("&")[0]), "")
    version = "" if version == _LOCAL_VERSION else clean_version(version)
    index = index or foreign_origin(locator.partition("::")[0])
    return Dependency("npm", name, version, artifacts=artifacts, index=index)


def _read_workspace(root: Path, lock: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """`package.json` of the root and of the members that Berry's lock file lists, by path."""
    manifests = {ROOT: read_package_json(root)}
    for entry in lock.values():
        name, locator = split_at(string(entry.get("resolution")))
        path = normal_path(locator.removeprefix(_WORKSPACE))
        if locator.startswith(_WORKSPACE) and path not in manifests and locate(root, path):
            manifests[path] = {"name": name, **read_package_json(root, path)}
    return manifests


def _locked_ranges(lock: dict[str, dict[str, Any]], path: str) -> dict[str, Any]:
    """Ranges that a member lists, as Berry locked them: with their protocol."""
    for entry in lock.values():
        _, locator = split_at(string(entry.get("resolution")))
        if locator.startswith(_WORKSPACE) and normal_path(locator.removeprefix(_WORKSPACE)) == path:
            return mapping(entry.get("dependencies"))
    return {}


def _ranges(listed: Listed, locked: dict[str, Any]) -> Iterator[str]:
    yield string(locked.get(listed.alias))
    yield listed.specifier
    yield f"npm:{listed.specifier}"
