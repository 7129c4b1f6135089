"""The lock files that count for a folder, and the calls that read them, the most telling first."""

import os
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from vrom.project.dependency import Dependency, Ecosystem, merge
from vrom.project.locks.python.origins import read_origins
from vrom.project.locks.python.pipfile import read_pipfile_lock
from vrom.project.locks.python.poetry import read_poetry_lock
from vrom.project.locks.python.pylock import read_pylock
from vrom.project.locks.python.pyproject import Groups, read_direct
from vrom.project.locks.python.requirements import read_requirements
from vrom.project.locks.python.uv import read_uv_lock
from vrom.project.python.environment import PythonEnvironment, find_environment
from vrom.project.roots import folders_above

Reader = tuple[Path, Callable[[], Sequence[Dependency]]]
"""A lock file, and the call that reads it."""


def readers_for(folder: Path, environments: Sequence[Path], left_out: list[str]) -> dict[Ecosystem, Iterator[Reader]]:
    """The lock files that count for a folder, by ecosystem.

    `left_out` receives a sentence for each line that names no dependency, when it is read.
    """
    environment = find_environment(folder, environments)
    return {
        "pypi": _python_readers(folder, environment, left_out),
        "npm": _javascript_readers(folder),
        "cargo": _rust_readers(folder),
        "go": _go_readers(folder),
    }


def _python_readers(folder: Path, environment: PythonEnvironment | None, left_out: list[str]) -> Iterator[Reader]:
    """The lock files of a Python project that exist, the most telling first, and the environment last.

    `left_out` receives a sentence for each line that names no dependency.
    """
    python = environment.version if environment else ""
    if file := _nearest(folder, "uv.lock"):
        yield file, lambda: read_uv_lock(file, folder, python)
    pyproject = folder / "pyproject.toml"
    for pylock in sorted(folder.glob("pylock*.toml")):
        yield pylock, partial(_read_with_direct, read_pylock, pylock, pyproject, python)
    for name in ("poetry.lock", "pdm.lock"):
        if _is_file(lock := folder / name):
            yield lock, partial(_read_with_direct, read_poetry_lock, lock, pyproject, python)
    if _is_file(pipfile := folder / "Pipfile.lock"):
        yield pipfile, lambda: read_pipfile_lock(pipfile, python)
    requirements = sorted([*folder.glob("requirements*.txt"), *folder.glob("requirements/*.txt")])
    if requirements:
        yield (
            requirements[0],
            lambda: _with_installed(_read_all(requirements, folder, python, left_out), environment),
        )
    if _is_file(pyproject):
        yield pyproject, lambda: _installed(pyproject, environment)


def _read_with_direct(
    read: Callable[[Path, Groups, str], list[Dependency]], lock: Path, pyproject: Path, python: str
) -> list[Dependency]:
    """Read a lock file that doesn't say what is direct, with what `pyproject.toml` lists."""
    return read(lock, read_direct(pyproject), python)


def _javascript_readers(folder: Path) -> Iterator[Reader]:
    """The lock files of a JavaScript project, and what is installed last."""
    from vrom.project.locks.javascript.bun import read_bun
    from vrom.project.locks.javascript.node_modules import read_node_modules
    from vrom.project.locks.javascript.npm import read_npm
    from vrom.project.locks.javascript.pnpm import read_pnpm
    from vrom.project.locks.javascript.yarn import read_yarn

    readers: dict[str, Callable[[Path, Path], Sequence[Dependency]]] = {
        "npm-shrinkwrap.json": read_npm,
        "package-lock.json": read_npm,
        "pnpm-lock.yaml": read_pnpm,
        "yarn.lock": read_yarn,
        "bun.lock": read_bun,
        "package.json": read_node_modules,
    }
    for name, read in readers.items():
        if file := _nearest(folder, name):
            yield file, partial(read, file, folder)


def _rust_readers(folder: Path) -> Iterator[Reader]:
    from vrom.project.locks.cargo import read_cargo

    if file := _nearest(folder, "Cargo.lock"):
        yield file, partial(read_cargo, file, folder)


def _go_readers(folder: Path) -> Iterator[Reader]:
    from vrom.project.locks.go import read_go

    for name in ("go.work", "go.mod"):
        if file := _nearest(folder, name):
            yield file, partial(read_go, file, folder)


def _nearest(folder: Path, name: str) -> Path | None:
    return next((above / name for above in folders_above(folder) if _is_file(above / name)), None)


def _is_file(path: Path) -> bool:
    """True for a regular file, also through a link; a link in a circle, or one that mustn't be followed, is none."""
    return os.path.isfile(path)  # noqa: PTH113 - Path.is_file raises PermissionError


def _read_all(files: Sequence[Path], root: Path, python: str, left_out: list[str]) -> list[Dependency]:
    return merge(one for file in files for one in read_requirements(file, root, python, left_out))


def _with_installed(dependencies: Sequence[Dependency], environment: PythonEnvironment | None) -> Sequence[Dependency]:
    """Dependencies that are not pinned get the version that is installed, else that which a repository's tag names."""
    installed = environment.distributions if environment else {}
    return [
        replace(one, version=installed[one.name].version if one.name in installed else _tagged_version(one))
        if not one.version
        else one
        for one in dependencies
    ]


def _tagged_version(dependency: Dependency) -> str:
    """The version in `git+URL@v1.2.3`; empty for a branch, a commit, or a tag of another form."""
    ref = dependency.index.rpartition("/")[2].partition("@")[2] if dependency.index.startswith("git+") else ""
    found = re.fullmatch(r"v?([0-9]{1,6}(?:\.[0-9]{1,6}){1,4}(?:(?:a|b|rc|\.post|\.dev)[0-9]{1,6})?)", ref)
    return found[1] if found else ""


def _installed(pyproject: Path, environment: PythonEnvironment | None) -> Sequence[Dependency]:
    """The dependencies that `pyproject.toml` lists, and the others that are installed with them."""
    direct = read_direct(pyproject)
    origins = read_origins(pyproject, environment.version if environment else "")
    listed = [replace(origins.get(name, Dependency("pypi", name)), groups=groups) for name, groups in direct.items()]
    others = set(environment.distributions if environment else ()) - direct.keys()
    return _with_installed([*listed, *(Dependency("pypi", name) for name in sorted(others))], environment)
