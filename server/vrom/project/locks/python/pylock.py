"""`pylock.toml`: the standard's lock file (PEP 751)."""

from pathlib import Path
from typing import TYPE_CHECKING

from vrom.project.dependency import Artifact, Dependency, is_well_formed, merge
from vrom.project.locks.lock import LockFileError
from vrom.project.locks.python.markers import applies
from vrom.project.locks.python.pyproject import Groups
from vrom.project.locks.python.uv import DEFAULT_INDEX
from vrom.project.locks.untrusted import read_toml, repository_address

if TYPE_CHECKING:
    from packaging.pylock import Package, PackageSdist, PackageWheel


def read_pylock(file: Path, direct: Groups, python: str = "") -> list[Dependency]:
    """Read a `pylock.toml`. It doesn't say which dependencies are direct: `direct` does. Raises `LockFileError`."""
    from packaging.pylock import Pylock, PylockValidationError

    content = read_toml(file)
    try:
        lock = Pylock.from_dict(content)
    except (PylockValidationError, RecursionError, AttributeError, TypeError, ValueError) as error:
        raise LockFileError(file, f"not a valid lock file: {error}.") from error
    found = [
        _dependency(package, direct, file.parent)
        for package in lock.packages
        if not package.marker or applies(str(package.marker), python)
    ]
    return merge(filter(is_well_formed, found))


def _dependency(package: "Package", direct: Groups, root: Path) -> Dependency:
    index = (package.index or "").rstrip("/")
    repository = repository_address(package.vcs.url) if package.vcs and package.vcs.type == "git" else ""
    return Dependency(
        "pypi",
        package.name,
        str(package.version or ""),
        direct.get(package.name, frozenset()),
        tuple(_artifact(file) for file in (package.sdist, *(package.wheels or ())) if file),
        repository or ("" if index == DEFAULT_INDEX else index),
        str((root / package.directory.path).absolute()) if package.directory else "",
    )


def _artifact(file: "PackageSdist | PackageWheel") -> Artifact:
    digest = file.hashes.get("sha256", "")
    return Artifact(file.url or file.path or file.name or "", f"sha256:{digest}" if digest else "")
