"""`poetry.lock` and `pdm.lock`, which are alike: packages with the names and digests of their files.

Sources: https://python-poetry.org/docs/basic-usage/#installing-with-poetrylock, https://pdm-project.org/latest/usage/lockfile/.
"""

from pathlib import Path
from typing import Annotated, Any

from packaging.utils import canonicalize_name
from pydantic import AfterValidator, BaseModel

from vrom.project.dependency import Artifact, Dependency, is_well_formed, merge
from vrom.project.locks.python.markers import applies
from vrom.project.locks.python.pyproject import Groups
from vrom.project.locks.untrusted import read_toml, repository_address, validate


class _File(BaseModel):
    file: str = ""
    url: str = ""
    hash: str = ""


class _Package(BaseModel):
    name: Annotated[str, AfterValidator(canonicalize_name)]
    version: str = ""
    files: list[_File] = []
    markers: Any = ""  # Poetry: a text, or one for each group
    marker: Any = ""  # PDM
    source: dict[str, Any] = {}
    path: str = ""
    git: str = ""  # PDM

    @property
    def marker_text(self) -> str:
        """The marker, if there is one for all groups; else empty."""
        return next((text for text in (self.markers, self.marker) if isinstance(text, str)), "")


class _Lock(BaseModel):
    package: list[_Package] = []


def read_poetry_lock(file: Path, direct: Groups, python: str = "") -> list[Dependency]:
    """Read a `poetry.lock` or `pdm.lock`; `direct` are the dependencies that the project lists. Raises `LockFileError`.

    Of several versions of a dependency, those whose marker doesn't apply to `python` are left out.
    """
    content = read_toml(file)
    metadata = content.get("metadata")
    listed = metadata.get("files") if isinstance(metadata, dict) else None  # before Poetry 1.3
    lock = validate(file, _Lock.model_validate, content)
    found = []
    for package in lock.package:
        if not applies(package.marker_text, python):
            continue
        older = listed.get(package.name) if isinstance(listed, dict) else None
        files = package.files or [validate(file, _File.model_validate, one) for one in _list(older)]
        found.append(_dependency(package, files, direct, file.parent))
    return merge(filter(is_well_formed, found))


def _dependency(package: _Package, files: list[_File], direct: Groups, root: Path) -> Dependency:
    kind, url = package.source.get("type", ""), package.source.get("url", "")
    place = url if kind == "directory" else package.path
    return Dependency(
        "pypi",
        package.name,
        package.version,
        direct.get(package.name, frozenset()),
        tuple(Artifact(one.url or one.file, one.hash) for one in files),
        url if kind == "legacy" and isinstance(url, str) else repository_address(url if kind == "git" else package.git),
        str((root / place).absolute()) if isinstance(place, str) and place else "",
    )


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
