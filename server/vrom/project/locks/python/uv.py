"""`uv.lock`: uv's universal lock, for all platforms and members of a workspace.

Source: https://docs.astral.sh/uv/concepts/projects/layout/#the-lockfile; the format itself is described by uv's code.
"""

import os
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

from packaging.utils import canonicalize_name
from pydantic import AfterValidator, BaseModel, Field

from vrom.project.dependency import MAIN, Artifact, Dependency, is_well_formed, merge
from vrom.project.locks.lock import LockFileError
from vrom.project.locks.python.markers import applies
from vrom.project.locks.untrusted import read_toml, repository_address, validate

DEFAULT_INDEX = "https://pypi.org/simple"

Name = Annotated[str, AfterValidator(canonicalize_name)]


class _Needed(BaseModel):
    name: Name
    version: str = ""
    marker: str = ""


class _File(BaseModel):
    url: str = ""
    path: str = ""
    hash: str = ""


class _Package(BaseModel):
    name: Name
    version: str = ""
    source: dict[str, Any] = {}
    dependencies: list[_Needed] = []
    extras: dict[str, list[_Needed]] = Field({}, alias="optional-dependencies")
    groups: dict[str, list[_Needed]] = Field({}, alias="dev-dependencies")
    sdist: _File | None = None
    wheels: list[_File] = []

    def folder(self, root: Path) -> Path | None:
        """The folder that it is installed from, if it is one of this machine."""
        for kind in ("editable", "virtual", "directory"):
            if isinstance(place := self.source.get(kind), str):
                return root / place
        return None


class _Lock(BaseModel):
    version: int
    package: list[_Package] = []


def read_uv_lock(file: Path, folder: Path, python: str = "") -> list[Dependency]:
    """Read a `uv.lock`; direct dependencies are those of the member in `folder`, or of all if it is the root.

    Of a dependency that is locked in several versions, the direct one is that whose marker applies to `python`. Raises
    `LockFileError`.
    """
    lock = validate(file, _Lock.model_validate, read_toml(file))
    if lock.version != 1:
        raise LockFileError(file, f"version {lock.version} of the format, expected 1. A newer vrom may read it.")
    is_member = [_is_member(package, file.parent, folder) for package in lock.package]
    groups: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for needed, group in _listed([one for one, is_own in zip(lock.package, is_member, strict=True) if is_own], python):
        groups[needed.name, needed.version].add(group)
    others = [one for one, is_own in zip(lock.package, is_member, strict=True) if not is_own]
    found = [_dependency(package, file.parent, groups) for package in others]
    return merge(filter(is_well_formed, found))


def _is_member(package: _Package, root: Path, folder: Path) -> bool:
    """True for a project of the workspace whose dependencies are asked for."""
    place = package.folder(root)
    is_project = package.source.keys() & {"editable", "virtual"}
    return bool(place and is_project and (folder == root or os.path.realpath(place) == os.path.realpath(folder)))


def _listed(members: Sequence[_Package], python: str) -> Iterator[tuple[_Needed, str]]:
    """The dependencies that members list, and the group of each."""
    for member in members:
        by_group = [(MAIN, member.dependencies), *member.extras.items(), *member.groups.items()]
        yield from ((one, group) for group, needed in by_group for one in needed if applies(one.marker, python))


def _dependency(package: _Package, root: Path, listed: Mapping[tuple[str, str], set[str]]) -> Dependency:
    groups = listed.get((package.name, ""), set()) | listed.get((package.name, package.version), set())
    files = [*([package.sdist] if package.sdist else []), *package.wheels]
    index = package.source.get("registry") or repository_address(package.source.get("git"))
    folder = package.folder(root)
    return Dependency(
        "pypi",
        package.name,
        package.version,
        frozenset(groups),
        tuple(Artifact(one.url or one.path, one.hash) for one in files),
        index if isinstance(index, str) and index.rstrip("/") != DEFAULT_INDEX else "",
        str(folder.absolute()) if folder else "",
    )
