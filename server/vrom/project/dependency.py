"""A dependency: a distribution that a project locks."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

Ecosystem = Literal["pypi", "npm", "cargo", "go"]
MAIN = "main"
"""The group of what a project needs to run."""
DEV = "dev"
"""The group of what only its development needs, in formats that don't name one."""


@dataclass(frozen=True)
class Artifact:
    """A file of a distribution, as a lock file names it."""

    url: str = ""
    """Its address, or its file name; empty if the lock names only a digest."""
    digest: str = ""
    """`sha256:…`, `sha512:…` in lower-case hex; empty if the lock has none."""


@dataclass(frozen=True)
class Dependency:
    """A distribution, at the version that a project locks."""

    ecosystem: Ecosystem
    name: str
    """As its ecosystem writes it: `typing-extensions` (normalised, PEP 503), `@babel/core`, `github.com/a/b`."""
    version: str = ""
    """Empty if unknown."""
    groups: frozenset[str] = frozenset()
    """Groups of the project that list it: `MAIN`, `DEV`, other groups and extras; empty for one that only other
    dependencies need."""
    artifacts: tuple[Artifact, ...] = ()
    """Its files; empty if the lock names none."""
    index: str = ""
    """Address of the package index or registry that it was locked from; empty for the ecosystem's own. `git+URL` for a
    repository, and `file:` for a file of this machine: no index has exactly that."""
    folder: str = ""
    """Absolute path, if it is a folder of this machine: a member of the workspace, or an editable dependency."""

    @property
    def is_direct(self) -> bool:
        """True if the project itself lists it."""
        return bool(self.groups)

    @property
    def is_of_index(self) -> bool:
        """False if it was locked from a repository, folder or file: an index may have another package of that name."""
        return not self.folder and not self.index.startswith(("git+", "git:", "file:"))

    @property
    def origin(self) -> str:
        """Its repository, file or folder, for a message."""
        return (self.index or self.folder)[:150]


@dataclass(frozen=True)
class _Naming:
    """How an ecosystem's names and versions look; a lock file in a checkout may hold anything."""

    name: re.Pattern[str]
    version: re.Pattern[str] = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+!_~-]{0,99}")


_NAMING: dict[Ecosystem, _Naming] = {
    "pypi": _Naming(re.compile(r"[a-z0-9](?:[a-z0-9-]{0,98}[a-z0-9])?")),
    "npm": _Naming(re.compile(r"(?:@[a-z0-9~-][a-z0-9._~-]{0,99}/)?[A-Za-z0-9~-][A-Za-z0-9._~-]{0,99}")),
    "cargo": _Naming(re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")),
    "go": _Naming(re.compile(r"[A-Za-z0-9][A-Za-z0-9._~-]*(?:/[A-Za-z0-9._~-]+){0,19}")),
}


def is_well_formed(dependency: Dependency) -> bool:
    """Return True if the ecosystem allows name and version, so that they are safe in paths and addresses."""
    naming = _NAMING[dependency.ecosystem]
    has_version = not dependency.version or naming.version.fullmatch(dependency.version)
    parts = dependency.name.split("/")
    return bool(has_version and naming.name.fullmatch(dependency.name)) and not {".", ".."} & set(parts)


def merge(dependencies: Iterable[Dependency]) -> list[Dependency]:
    """Join entries of the same ecosystem, name and version: their groups and files are added up. Keeps the order."""
    same: dict[tuple[str, str, str], list[Dependency]] = {}
    for one in dependencies:
        same.setdefault((one.ecosystem, one.name, one.version), []).append(one)
    return [_join(entries) for entries in same.values()]


def _join(entries: list[Dependency]) -> Dependency:
    if len(entries) == 1:
        return entries[0]
    return replace(
        entries[0],
        groups=frozenset(group for one in entries for group in one.groups),
        artifacts=tuple(dict.fromkeys(artifact for one in entries for artifact in one.artifacts)),
        index=next((one.index for one in entries if one.index), ""),
        folder=next((one.folder for one in entries if one.folder), ""),
    )
