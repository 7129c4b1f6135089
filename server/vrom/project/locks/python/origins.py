"""Dependencies of a `pyproject.toml` that come from a repository, a folder or a file, not from a package index.

Sources: https://docs.astral.sh/uv/concepts/projects/dependencies/#dependency-sources,
https://python-poetry.org/docs/dependency-specification/, https://pdm-project.org/latest/usage/dependency/.
"""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name

from vrom.network.addresses import without_credentials
from vrom.project.dependency import Dependency
from vrom.project.locks.python.markers import applies
from vrom.project.locks.python.pyproject import listed_requirements, poetry_tables
from vrom.project.locks.python.requirements import is_address, read_url
from vrom.project.locks.untrusted import mapping, mappings, read_toml, repository_address, string
from vrom.project.locks.workspace import ROOT, find_members, with_excluded
from vrom.project.roots import folders_above

_ARCHIVE = re.compile(r".{1,500}\.(?:whl|zip|tar\.\w{1,4}|tgz)")
_ROOT_VARIABLE = re.compile(r"(?:file:/*)?(?:\$\{PROJECT_ROOT\}|\{root(?::uri)?\})/*")
"""The project's folder, as PDM and Hatch write it."""
_FILE = "pyproject.toml"


def read_origins(file: Path, python: str = "") -> dict[str, Dependency]:
    """Read where a `pyproject.toml` takes dependencies from, by normalised name; those of an index are left out.

    They have a repository or a file as `index`, or a `folder`, and the version that a file name or tag states. Of
    several sources for one dependency, the first counts whose marker applies to `python`. Raises `LockFileError`.
    """
    if not file.is_file():
        return {}
    content, root = read_toml(file), file.parent
    found = {}
    for requirement in listed_requirements(content):
        if requirement.url:
            found[canonicalize_name(requirement.name)] = _of_url(requirement.url, root)
    uv = mapping(mapping(mapping(content.get("tool")).get("uv")).get("sources"))
    for table in (*poetry_tables(content), uv):
        for name, value in table.items():
            if origin := _of_table(canonicalize_name(name), value, root, python):
                found[canonicalize_name(name)] = origin
    return {name: replace(origin, name=name) for name, origin in found.items()}


def _of_table(name: str, value: Any, root: Path, python: str) -> Dependency | None:
    """The origin that a table states, or the first of several whose marker applies; None for an index."""
    entries = mappings(value) if isinstance(value, list) else [mapping(value)]
    markers = ((one, string(one.get("marker") or one.get("markers"))) for one in entries)
    entry: dict[str, Any] = next((one for one, marker in markers if not marker or applies(marker, python)), {})
    if git := string(entry.get("git")):
        ref = next(filter(None, (string(entry.get(key)) for key in ("tag", "rev", "branch"))), "")
        address = repository_address(git) or f"git+{without_credentials(git)[:200]}"
        return Dependency("pypi", "", index=f"{address}@{ref[:200]}" if ref else address)
    if url := string(entry.get("url")):
        return _of_url(url, root)
    if path := string(entry.get("path") or entry.get("file")):
        return _of_path(path, root)
    if entry.get("workspace") is True:
        folder = _find_member(name, root)
        return Dependency("pypi", "", index="" if folder else "file:workspace", folder=str(folder) if folder else "")
    return None


def _of_url(url: str, root: Path) -> Dependency:
    """The origin that an address states: PEP 508's `NAME @ ADDRESS`."""
    bare = _ROOT_VARIABLE.sub("./", url, count=1).partition("#")[0]
    if not is_address(bare) and not url.startswith("git+"):
        return _of_path(bare, root)
    if bare.startswith("file://") and not _ARCHIVE.fullmatch(bare):
        return _of_path(bare.removeprefix("file://").removeprefix("localhost"), root)
    version, index = read_url(url)
    return Dependency("pypi", "", version, index=index or f"file:{bare.rpartition('/')[2]}")


def _of_path(path: str, root: Path) -> Dependency:
    """The origin that a path states: an archive, whose name has the version, or a folder."""
    path = re.sub(r"^file:(?://)?", "", path)
    if _ARCHIVE.fullmatch(path):
        version, index = read_url(f"file:///{path}")
        return Dependency("pypi", "", version, index=index)
    return Dependency("pypi", "", folder=str((root / path).absolute()))


def _find_member(name: str, folder: Path) -> Path | None:
    """The folder of a member of uv's workspace that the project in `folder` belongs to."""
    for root in folders_above(folder):
        if not (root / _FILE).is_file():
            continue
        workspace = _uv_workspace(root)
        for path in (ROOT, *find_members(root, with_excluded(workspace), _FILE)) if workspace else ():
            if _project_name(root / path) == name:
                return (root / path).absolute()
    return None


def _uv_workspace(folder: Path) -> dict[str, Any]:
    return mapping(mapping(mapping(read_toml(folder / _FILE).get("tool")).get("uv")).get("workspace"))


def _project_name(folder: Path) -> str:
    return canonicalize_name(string(mapping(read_toml(folder / _FILE).get("project")).get("name")))
