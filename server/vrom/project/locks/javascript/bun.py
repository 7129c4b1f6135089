"""`bun.lock`, the text lock file of bun 1.2 and later."""

import re
from dataclasses import replace
from pathlib import Path

from vrom.project.dependency import Dependency
from vrom.project.locks.javascript.package_json import describe_member, list_dependencies
from vrom.project.locks.javascript.registry import clean_version, foreign_origin, read_origin, split_at
from vrom.project.locks.lock import LockFileError, read_text
from vrom.project.locks.untrusted import finish, mapping, parse_json, string
from vrom.project.locks.workspace import ROOT, asked_members, locate, normal_path

_STRING = r'"(?:[^"\\\n]|\\.)*+"?'
_COMMENT = re.compile(rf"({_STRING})|//[^\n]*+|/\*.*?(?:\*/|\Z)", re.DOTALL)
_TRAILING_COMMA = re.compile(rf"({_STRING})|,(?=\s*+[}}\]])")
_WORKSPACE = "workspace:"


def read_bun(file: Path, folder: Path) -> list[Dependency]:
    """Read the text lock file of bun. Raises `LockFileError`."""
    lock = parse_json(file, _plain_json(read_text(file)))
    if not isinstance(lock.get("workspaces"), dict) or not isinstance(lock.get("packages"), dict):
        raise LockFileError(file, "lacks `workspaces` or `packages`, so it is not a lock file of bun.")
    root = file.parent
    workspaces = {normal_path(path): mapping(one) for path, one in lock["workspaces"].items()}
    inside = {path: one for path, one in workspaces.items() if locate(root, path)}
    members = {path: describe_member(root, path, one) for path, one in inside.items() if path != ROOT}
    packages = {key: _describe(entry, members) for key, entry in lock["packages"].items()}
    direct = [
        replace(there, groups=frozenset({listed.group}))
        for path in sorted(asked_members(inside, root, folder))
        for listed in list_dependencies(inside[path])
        if (there := _resolve(packages, members.get(path), listed.alias))
    ]
    return finish([*filter(None, packages.values()), *members.values(), *direct])


def _resolve(packages: dict[str, Dependency | None], owner: Dependency | None, alias: str) -> Dependency | None:
    """The package that the code of a member gets: its own, else that of the root."""
    return (packages.get(f"{owner.name}/{alias}") if owner else None) or packages.get(alias)


def _plain_json(text: str) -> str:
    """The text without comments and trailing commas; line numbers stay the same."""
    bare = _COMMENT.sub(lambda found: found[1] or "\n" * found[0].count("\n"), text)
    return _TRAILING_COMMA.sub(lambda found: found[1] or "", bare)


def _describe(entry: object, members: dict[str, Dependency]) -> Dependency | None:
    """The dependency of an entry: `["NAME@VERSION", REGISTRY, {…}, INTEGRITY]`, and shorter for folders and git."""
    texts = [string(one) for one in entry] if isinstance(entry, list) else []
    name, version = split_at(texts[0]) if texts else ("", "")
    if version.startswith(_WORKSPACE):
        return members.get(normal_path(version.removeprefix(_WORKSPACE)))
    if not clean_version(version):
        return Dependency("npm", name, index=foreign_origin(version))
    registry, integrity = (texts[1], texts[3]) if len(texts) == 4 else ("", "")
    artifacts, index = read_origin(name, registry, integrity)
    return Dependency("npm", name, clean_version(version), artifacts=artifacts, index=index)
