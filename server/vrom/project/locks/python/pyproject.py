"""Dependencies that a Python project lists itself, by the group that lists them."""

import contextlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from vrom.project.dependency import DEV, MAIN
from vrom.project.locks.untrusted import read_toml

Groups = dict[str, frozenset[str]]
"""Groups by normalised name of the dependency."""


def read_direct(file: Path) -> Groups:
    """Read the dependencies that a `pyproject.toml` lists: `MAIN`, extras and groups.

    It covers the standard's tables (PEP 621, PEP 735) and those of uv, Poetry and PDM. Returns no groups if there is no
    such file. Raises `LockFileError` if it can't be read.
    """
    if not file.is_file():
        return {}
    content = read_toml(file)
    project, tool = _table(content, "project"), _table(content, "tool")
    found: defaultdict[str, set[str]] = defaultdict(set)
    for group, names in [
        (MAIN, _names(project.get("dependencies"))),
        *((extra, _names(listed)) for extra, listed in _table(project, "optional-dependencies").items()),
        *_dependency_groups(_table(content, "dependency-groups")),
        (DEV, _names(_table(tool, "uv").get("dev-dependencies"))),
        *((group, _names(listed)) for group, listed in _table(_table(tool, "pdm"), "dev-dependencies").items()),
        *_poetry_groups(_table(tool, "poetry")),
    ]:
        for name in names:
            found[name].add(group)
    return {name: frozenset(groups) for name, groups in found.items()}


def requirement_name(text: Any) -> str:
    """The normalised name of a requirement (PEP 508); empty if it isn't one."""
    with contextlib.suppress(InvalidRequirement, RecursionError):
        return canonicalize_name(Requirement(text).name) if isinstance(text, str) else ""
    return ""


def _names(listed: Any) -> list[str]:
    entries = listed if isinstance(listed, list) else []
    return list(filter(None, map(requirement_name, entries)))


def _dependency_groups(groups: Mapping[str, Any]) -> Iterator[tuple[str, list[str]]]:
    by_name: dict[str, Any] = {canonicalize_name(name): listed for name, listed in groups.items()}
    for name in groups:
        yield name, list(_included(by_name, canonicalize_name(name), set()))


def _included(groups: Mapping[str, Any], name: str, seen: set[str]) -> Iterator[str]:
    """The names in a group and in those that it includes (PEP 735); each group once, so that cycles end."""
    if name in seen or len(seen) > len(groups):
        return
    seen.add(name)
    listed = groups.get(name)
    for entry in listed if isinstance(listed, list) else []:
        if isinstance(entry, dict) and isinstance(included := entry.get("include-group"), str):
            yield from _included(groups, canonicalize_name(included), seen)
        elif found := requirement_name(entry):
            yield found


def _poetry_groups(poetry: Mapping[str, Any]) -> Iterator[tuple[str, list[str]]]:
    yield MAIN, _keys(poetry.get("dependencies"))
    yield DEV, _keys(poetry.get("dev-dependencies"))
    for group, table in _table(poetry, "group").items():
        yield group, _keys(table.get("dependencies") if isinstance(table, dict) else None)


def _keys(table: Any) -> list[str]:
    names: Iterable[str] = table if isinstance(table, dict) else ()
    return [canonicalize_name(name) for name in names if name.lower() != "python"]


def _table(content: Mapping[str, Any], key: str) -> dict[str, Any]:
    found = content.get(key)
    return found if isinstance(found, dict) else {}
