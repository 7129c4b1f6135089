"""`Cargo.lock`, versions 1 to 4.

The file doesn't say which packages the project itself lists, nor in which list: each `Cargo.toml` does.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from vrom.project.dependency import Artifact, Dependency
from vrom.project.locks.cargo_toml import Listed, Manifest, read_manifests
from vrom.project.locks.lock import LockFileError, read_text
from vrom.project.locks.untrusted import clean_address, finish, mapping, mappings, parse_toml, string, strings
from vrom.project.locks.workspace import ROOT, asked_members, locate

_NEWEST = 4
_OWN_INDEX = "/crates.io-index"
"""End of the address of crates.io's index."""
_COMMIT = re.compile(r"[0-9a-f]{40}")
_SHA256 = re.compile(r"[0-9a-f]{64}")


class _Package(NamedTuple):
    """An entry of the lock file."""

    dependency: Dependency
    is_local: bool
    """True for a package of this machine: a member of the workspace, or a path dependency."""
    needs: list[str]
    """Its dependencies: `rand`, or `rand 0.8.5` if the lock file has several."""


def read_cargo(file: Path, folder: Path) -> list[Dependency]:
    """Read the lock file of cargo. Raises `LockFileError`."""
    packages = _packages(file, parse_toml(file, read_text(file)))
    manifests = read_manifests(file.parent)
    members = {path: _describe_member(file.parent, path, one) for path, one in manifests.items()}
    by_name: dict[str, list[_Package]] = {}
    for package in packages:
        by_name.setdefault(package.dependency.name, []).append(package)
    direct = [
        replace(there, groups=frozenset({listed.group}))
        for path in sorted(asked_members(manifests, file.parent, folder))
        for listed in manifests[path].listed
        for there in _resolve(by_name, members, manifests[path], listed)
    ]
    remote = [package.dependency for package in packages if not package.is_local]
    return finish([*remote, *(one for path, one in members.items() if path != ROOT), *direct])


def _packages(file: Path, lock: dict[str, Any]) -> list[_Package]:
    version = lock.get("version", 1)
    if not isinstance(version, int) or version > _NEWEST:
        raise LockFileError(file, f"lock file versions 1 to {_NEWEST} are supported.")
    if not isinstance(lock.get("package", []), list) or not {"package", "root", "version"} & set(lock):
        raise LockFileError(file, "has no packages, so it is not a lock file of cargo.")
    checksums = mapping(lock.get("metadata"))
    return [_describe(entry, checksums) for entry in (mapping(lock.get("root")), *mappings(lock.get("package")))]


def _describe(entry: dict[str, Any], checksums: dict[str, Any]) -> _Package:
    name, version, source = (string(entry.get(key)) for key in ("name", "version", "source"))
    # Version 1 has the checksums in a table of their own.
    checksum = string(entry.get("checksum")) or string(checksums.get(f"checksum {name} {version} ({source})"))
    artifacts = (Artifact(digest=f"sha256:{checksum}"),) if _SHA256.fullmatch(checksum) else ()
    dependency = Dependency("cargo", name, version, artifacts=artifacts, index=_index(source))
    return _Package(dependency, not source, strings(entry.get("dependencies")))


def _index(source: str) -> str:
    """Address of a registry (`sparse+https://…` as cargo writes it), or `git+URL#COMMIT`; empty for crates.io."""
    kind, _, url = source.partition("+")
    commit = url.rpartition("#")[2]
    address = clean_address(url.partition("?")[0], ("https", "http", "ssh", "git", "file"))
    if kind == "git":
        return f"git+{address}#{commit}" if _COMMIT.fullmatch(commit) else f"git+{address}"
    if address.endswith(_OWN_INDEX) or not address:
        return ""
    return address if kind == "registry" else f"{kind}+{address}"


def _describe_member(root: Path, path: str, manifest: Manifest) -> Dependency:
    folder = locate(root, path)
    return Dependency("cargo", manifest.name, manifest.version, folder=str(folder) if folder else "")


def _resolve(
    by_name: dict[str, list[_Package]], members: dict[str, Dependency], owner: Manifest, listed: Listed
) -> Iterator[Dependency]:
    """Packages that an entry of a dependency list means: several only if the lock file doesn't tell them apart."""
    same = by_name.get(listed.name, [])
    needs = {need for one in by_name.get(owner.name, []) if one.is_local for need in one.needs}
    own = [one for one in same if _is_needed(one.dependency, needs)] or same
    for package in [one for one in own if listed.admits(one.dependency.version)] or own:
        yield package.dependency if not package.is_local else _local(package.dependency, members)


def _is_needed(dependency: Dependency, needs: set[str]) -> bool:
    exact = f"{dependency.name} {dependency.version}"
    return dependency.name in needs or any(need == exact or need.startswith(f"{exact} ") for need in needs)


def _local(dependency: Dependency, members: dict[str, Dependency]) -> Dependency:
    """The member with a package's name. One outside of the lock file's folder has no version: no registry has it."""
    same = (one for one in members.values() if one.name == dependency.name)
    return next(same, replace(dependency, version="", index=f"file:{dependency.name}"))
