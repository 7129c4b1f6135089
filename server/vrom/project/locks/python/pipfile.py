"""`Pipfile.lock`: Pipenv's lock, and the `Pipfile` beside it, which says what is direct.

Source: https://pipenv.pypa.io/en/latest/pipfile.html.
"""

from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name
from pydantic import BaseModel, Field

from vrom.project.dependency import DEV, MAIN, Artifact, Dependency, is_well_formed, merge
from vrom.project.locks.lock import read_text
from vrom.project.locks.python.markers import applies
from vrom.project.locks.python.uv import DEFAULT_INDEX
from vrom.project.locks.untrusted import parse_json, read_toml, repository_address, validate


class _Locked(BaseModel):
    version: str = ""
    hashes: list[str] = []
    index: str = ""
    markers: str = ""
    path: str = ""
    git: str = ""


class _Source(BaseModel):
    name: str = ""
    url: str = ""


class _Meta(BaseModel):
    sources: list[_Source] = []


class _Lock(BaseModel):
    meta: _Meta = Field(_Meta(), alias="_meta")
    default: dict[str, _Locked] = {}
    develop: dict[str, _Locked] = {}


def read_pipfile_lock(file: Path, python: str = "") -> list[Dependency]:
    """Read a `Pipfile.lock`; without a `Pipfile`, all dependencies count as direct. Raises `LockFileError`."""
    lock = validate(file, _Lock.model_validate, parse_json(file, read_text(file)))
    pipfile = file.with_name("Pipfile")
    listed: dict[str, Any] | None = read_toml(pipfile) if pipfile.is_file() else None
    indexes = {source.name: source.url for source in lock.meta.sources if source.url.rstrip("/") != DEFAULT_INDEX}
    found = []
    for section, group, table in [("packages", MAIN, lock.default), ("dev-packages", DEV, lock.develop)]:
        direct = _names(listed.get(section)) if listed is not None else {canonicalize_name(name) for name in table}
        for given, locked in table.items():
            name = canonicalize_name(given)
            if not applies(locked.markers, python):
                continue
            found.append(
                Dependency(
                    "pypi",
                    name,
                    locked.version.removeprefix("=="),
                    frozenset({group} if name in direct else ()),
                    tuple(Artifact(digest=digest) for digest in locked.hashes),
                    repository_address(locked.git) or indexes.get(locked.index, ""),
                    str((file.parent / locked.path).absolute()) if locked.path else "",
                )
            )
    return merge(filter(is_well_formed, found))


def _names(table: Any) -> set[str]:
    return {canonicalize_name(name) for name in table} if isinstance(table, dict) else set()
