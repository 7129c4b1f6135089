"""`pnpm-lock.yaml`, lock file versions 5.4 (pnpm 7), 6.0 (pnpm 8) and 9.0 (pnpm 9 and later)."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from vrom.project.dependency import DEV, MAIN, Dependency
from vrom.project.locks.javascript.package_json import describe_member, read_package_json
from vrom.project.locks.javascript.registry import clean_version, read_origin, split_at
from vrom.project.locks.lock import LockFileError, read_text
from vrom.project.locks.untrusted import finish, mapping, parse_yaml, repository_address, string
from vrom.project.locks.workspace import ROOT, asked_members, locate, normal_path

_GROUPS = {"dependencies": MAIN, "devDependencies": DEV, "optionalDependencies": "optional"}
_HOST = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]*(?::[0-9]{1,5})?")
_SUPPORTED = ("5", "6", "9")
"""Major versions of the format; 7 and 8 were never released."""


class _Reference(NamedTuple):
    """A dependency of an importer."""

    alias: str
    value: str
    """Its version, a key of `packages`, or `link:` and a path."""
    group: str


def read_pnpm(file: Path, folder: Path) -> list[Dependency]:
    """Read the lock file of pnpm. Raises `LockFileError`, or `MissingExtraError` without PyYAML."""
    lock = parse_yaml(file, read_text(file))
    major = string(lock.get("lockfileVersion")).partition(".")[0]
    if major not in _SUPPORTED:
        raise LockFileError(file, f"lock file versions {', '.join(_SUPPORTED)} are supported, not {major or 'none'}.")
    packages = {
        key: _describe(file.parent, key, mapping(entry), major) for key, entry in mapping(lock.get("packages")).items()
    }
    importers = {normal_path(path): mapping(one) for path, one in mapping(lock.get("importers")).items()} or {
        ROOT: lock
    }
    members = _members(file.parent, importers)
    direct = [
        replace(there, groups=frozenset({reference.group}))
        for path in sorted(asked_members(importers, file.parent, folder))
        for reference in _references(importers[path])
        if (there := _resolve(reference, path, packages, members) or _linked(file.parent, reference, path))
    ]
    return finish([*packages.values(), *members.values(), *direct])


def _members(root: Path, importers: dict[str, dict[str, Any]]) -> dict[str, Dependency]:
    paths = [path for path in importers if path != ROOT and locate(root, path)]
    return {path: describe_member(root, path, read_package_json(root, path)) for path in paths}


def _references(importer: dict[str, Any]) -> Iterator[_Reference]:
    for key, group in _GROUPS.items():
        for alias, value in mapping(importer.get(key)).items():
            # Before version 6 the value is the version alone, and the specifiers are in a mapping of their own.
            yield _Reference(alias, string(mapping(value).get("version")) or string(value), group)


def _resolve(
    reference: _Reference, importer: str, packages: dict[str, Dependency], members: dict[str, Dependency]
) -> Dependency | None:
    """The package or member that an importer's dependency resolves to."""
    alias, value, _ = reference
    if value.startswith("link:"):
        return members.get(normal_path(f"{importer}/{value.removeprefix('link:')}"))
    bare = value.partition("(")[0]
    keys = (value, bare, f"{alias}@{bare}", f"/{alias}@{value}", f"/{alias}@{bare}", f"/{alias}/{value}")
    return next((packages[key] for key in keys if key in packages), None)


def _linked(root: Path, reference: _Reference, importer: str) -> Dependency | None:
    """The folder that an importer's dependency links, which is no member; None for other dependencies."""
    if not reference.value.startswith("link:"):
        return None
    path = normal_path(f"{importer}/{reference.value.removeprefix('link:')}")
    manifest = read_package_json(root, path)
    return describe_member(root, path, {"name": reference.alias, **manifest})


def _describe(root: Path, key: str, entry: dict[str, Any], major: str) -> Dependency:
    """The dependency that an entry of `packages` locks."""
    host, name, version = _split_key_5(key) if major == "5" else _split_key(key)
    name = string(entry.get("name")) or name
    version = clean_version(string(entry.get("version")) or version)
    resolution = mapping(entry.get("resolution"))
    if directory := string(resolution.get("directory")):
        folder = locate(root, directory)
        return Dependency(
            "npm", name, folder=str(folder) if folder else "", index="" if folder else f"file:{directory}"
        )
    if repository := repository_address(resolution.get("repo")):
        return Dependency("npm", name, version, index=repository)
    artifacts, index = read_origin(name, string(resolution.get("tarball")), string(resolution.get("integrity")))
    return Dependency("npm", name, version, artifacts=artifacts, index=index or host)


def _split_key(key: str) -> tuple[str, str, str]:
    """Registry, name and version of `@types/ms@0.7.34(react@18.2.0)`, which begins with a slash before version 9.

    A registry other than the default one comes before the first slash.
    """
    text = key.partition("(")[0]
    registry, slash, rest = text.partition("/")
    if not slash or text.startswith("@") or "@" in registry:
        return "", *split_at(text)
    return _registry(registry), *split_at(rest)


def _split_key_5(key: str) -> tuple[str, str, str]:
    """Registry, name and version of `/@types/ms/0.7.34_react@18.2.0`."""
    registry, *parts = key.split("/")
    size = 2 if parts and parts[0].startswith("@") else 1
    if len(parts) <= size:
        return "", "", ""
    return _registry(registry), "/".join(parts[:size]), parts[size].partition("_")[0]


def _registry(host: str) -> str:
    return f"https://{host}/" if _HOST.fullmatch(host) else ""
