"""Which dependencies a call is about: those named, or those of a project that pass its filters."""

import fnmatch
from collections.abc import Sequence
from dataclasses import dataclass, replace

from vrom.errors import InvalidArgumentError, nearest
from vrom.project.cartridge_names import parse_dependency
from vrom.project.dependency import MAIN, Dependency
from vrom.project.project import Project


@dataclass(frozen=True)
class Filters:
    """Filters on a project's dependencies; the default is every direct one."""

    everything: bool = False
    """Include the dependencies of dependencies."""
    groups: Sequence[str] = ()
    only: Sequence[str] = ()
    """Patterns of names, such as `django*`."""
    exclude: Sequence[str] = ()


def choose(project: Project, names: Sequence[str], filters: Filters) -> list[Dependency]:
    """Choose the named dependencies, at the version that they name or the project locks, else those of the project.

    Those of the main group come first. A version that nobody gives is left empty. Folders of the workspace and
    `@types/*` are left out. Raises `InvalidArgumentError` for a name that can't be one, and for a group that the
    project doesn't have.
    """
    if names:
        return list(dict.fromkeys(_named(project, name) for name in names))
    groups = {group for one in project.dependencies for group in one.groups}
    for group in filters.groups:
        if group not in groups:
            raise InvalidArgumentError(f"No group {group[:100]!r} in this project. {nearest(group, sorted(groups))}")
    found = [one for one in project.dependencies if not (one.folder or _is_types(one)) and _passes(one, filters)]
    return sorted(found, key=lambda one: (MAIN not in one.groups, not one.is_direct, one.ecosystem, one.name))


def _is_types(dependency: Dependency) -> bool:
    """True for declarations of another package, `@types/NAME`, which are read with that one."""
    return dependency.ecosystem == "npm" and dependency.name.startswith("@types/")


def _passes(dependency: Dependency, filters: Filters) -> bool:
    in_groups = bool(dependency.groups & set(filters.groups)) if filters.groups else dependency.is_direct
    if not (in_groups or filters.everything):
        return False
    if filters.only and not _matches(dependency, filters.only):
        return False
    return not _matches(dependency, filters.exclude)


def _matches(dependency: Dependency, patterns: Sequence[str]) -> bool:
    names = (dependency.name, f"{dependency.ecosystem}:{dependency.name}")
    return any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns for name in names)


def _named(project: Project, text: str) -> Dependency:
    """A named dependency; one that the project locks in another ecosystem is meant if only that has the name."""
    asked = parse_dependency(text)
    locked = project.by_name.get((asked.ecosystem, asked.name))
    if locked is None and ":" not in text:
        others = [one for one in project.by_name.values() if one.name == asked.name]
        locked = others[0] if len(others) == 1 else None
    if locked is None:
        return asked
    if asked.version in {"", locked.version}:
        return locked
    of_part = [one for one in project.dependencies if (one.ecosystem, one.name) == (locked.ecosystem, locked.name)]
    if exact := next((one for one in of_part if one.version == asked.version), None):
        return exact
    return replace(locked, version=asked.version, artifacts=(), groups=frozenset(), folder="")
