"""`package.json` of a project: its dependency lists, and the members of its workspace."""

from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

from vrom.project.dependency import DEV, MAIN, Dependency
from vrom.project.locks.javascript.registry import clean_version, foreign_origin, real_name
from vrom.project.locks.lock import LockFileError, read_text
from vrom.project.locks.untrusted import mapping, parse_json, string, strings
from vrom.project.locks.workspace import ROOT, find_members, locate

GROUPS = {
    "dependencies": MAIN,
    "devDependencies": DEV,
    "optionalDependencies": "optional",
    "peerDependencies": "peer",
}
"""Group of each list; lock files use the same names."""
_LARGEST = 8_000_000
"""Maximum bytes of a `package.json`."""


class Listed(NamedTuple):
    """An entry of a dependency list."""

    alias: str
    """Its name in the project: that of the package, unless the specifier has another one."""
    specifier: str
    group: str


def read_package_json(root: Path, path: str = ROOT) -> dict[str, Any]:
    """`package.json` of the folder at `path` below `root`; empty if there is none, or it is outside of `root`.

    Raises `LockFileError` if it can't be understood.
    """
    file = locate(root, f"{path}/package.json")
    try:
        if file is None or not file.is_file():
            return {}
        if file.stat().st_size > _LARGEST:
            raise LockFileError(file, f"more than {_LARGEST:,} bytes.")
    except (OSError, ValueError):
        return {}
    return parse_json(file, read_text(file))


def list_dependencies(manifest: dict[str, Any]) -> Iterator[Listed]:
    """Entries of a manifest's dependency lists."""
    for key, group in GROUPS.items():
        for alias, specifier in mapping(manifest.get(key)).items():
            yield Listed(alias, string(specifier), group)


def workspace_patterns(manifest: dict[str, Any]) -> list[str]:
    """Patterns of the members' folders: a list, or under `packages` in the older form."""
    workspaces = manifest.get("workspaces")
    return strings(mapping(workspaces).get("packages") if isinstance(workspaces, dict) else workspaces)


def read_members(root: Path) -> dict[str, dict[str, Any]]:
    """`package.json` of the root and of each member of its workspace, by path."""
    manifest = read_package_json(root)
    members = find_members(root, workspace_patterns(manifest), "package.json")
    return {ROOT: manifest, **{path: read_package_json(root, path) for path in members}}


def module_paths(member: str, name: str) -> Iterator[str]:
    """Where node looks for a package that a member's code imports: its own `node_modules`, then those above it."""
    folder = PurePosixPath(member)
    for owner in (folder, *folder.parents):
        yield str(owner / "node_modules" / name)


def describe_member(root: Path, path: str, manifest: dict[str, Any]) -> Dependency:
    """A member of the workspace as a dependency. One outside of `root` has no version: no registry has it."""
    name, folder = string(manifest.get("name")), locate(root, path)
    if folder is None:
        return Dependency("npm", name, index=f"file:{path}")
    return Dependency("npm", name, clean_version(string(manifest.get("version"))), folder=str(folder))


def describe_missing(listed: Listed) -> Dependency:
    """A listed dependency whose version isn't known."""
    name = real_name(listed.alias, listed.specifier)
    return Dependency("npm", name, groups=frozenset({listed.group}), index=foreign_origin(listed.specifier))
