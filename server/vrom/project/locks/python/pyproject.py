"""Dependencies that a Python project lists itself, by the group that lists them."""

import contextlib
import re
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
_EDITABLE = re.compile(r"(?:-e|--editable)[ =]\s{0,20}(\S{1,500})#(?:[^\s#]{0,200}&)?egg=([\w.-]{1,100})")


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


def listed_requirements(content: Mapping[str, Any]) -> Iterator[Requirement]:
    """All requirements in the tables of a `pyproject.toml` that hold texts: the standard's, uv's and PDM's."""
    project, tool = _table(content, "project"), _table(content, "tool")
    for listed in (
        project.get("dependencies"),
        *_table(project, "optional-dependencies").values(),
        *_table(content, "dependency-groups").values(),
        _table(tool, "uv").get("dev-dependencies"),
        *_table(_table(tool, "pdm"), "dev-dependencies").values(),
    ):
        yield from filter(None, map(read_requirement, listed if isinstance(listed, list) else []))


def poetry_tables(content: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Poetry's tables of dependencies, whose values are versions or tables."""
    poetry = _table(_table(content, "tool"), "poetry")
    groups = [table for table in _table(poetry, "group").values() if isinstance(table, dict)]
    return [
        _table(poetry, "dependencies"),
        _table(poetry, "dev-dependencies"),
        *(_table(one, "dependencies") for one in groups),
    ]


def read_requirement(text: Any) -> Requirement | None:
    """A requirement (PEP 508), or an editable one as PDM writes it: `-e ADDRESS#egg=NAME`; None if it is neither."""
    if not isinstance(text, str):
        return None
    if editable := _EDITABLE.fullmatch(text.strip()):
        text = f"{editable[2]} @ {editable[1]}"
    with contextlib.suppress(InvalidRequirement, RecursionError):
        return Requirement(text)
    return None


def requirement_name(text: Any) -> str:
    """The normalised name of a requirement; empty if it isn't one."""
    requirement = read_requirement(text)
    return canonicalize_name(requirement.name) if requirement else ""


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
