"""A project: its lock files, and the dependencies at the versions that they lock."""

import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path

from vrom.errors import VromError
from vrom.project.dependency import Dependency, Ecosystem, is_well_formed, merge
from vrom.project.locks.parts import find_parts, is_lock, list_uv_members
from vrom.project.locks.python.origins import read_origins
from vrom.project.locks.python.pipfile import read_pipfile_lock
from vrom.project.locks.python.poetry import read_poetry_lock
from vrom.project.locks.python.pylock import read_pylock
from vrom.project.locks.python.pyproject import Groups, read_direct
from vrom.project.locks.python.requirements import read_requirements
from vrom.project.locks.python.uv import read_uv_lock
from vrom.project.python.environment import PythonEnvironment, find_environment
from vrom.project.roots import folders_above


@dataclass(frozen=True)
class Part:
    """A folder below the project's that has lock files of its own, as the backend of a monorepo."""

    folder: Path
    dependencies: tuple[Dependency, ...]


@dataclass(frozen=True)
class Project:
    """What a project locks."""

    folder: Path
    files: tuple[Path, ...]
    """The files that were read: lock files, and those that list the direct dependencies."""
    dependencies: tuple[Dependency, ...]
    """Those of the folder itself, then those of its parts in the order of their paths."""
    problems: tuple[str, ...] = ()
    """One message for each lock file that can't be read, and for each line of one that names no dependency."""
    parts: tuple[Part, ...] = ()
    """Parts with their own lock files, sorted by path; none that a lock file of a folder above covers."""
    root: tuple[Dependency, ...] = ()
    """The dependencies that the lock files of the folder itself name, and of those above it."""

    @cached_property
    def by_name(self) -> dict[tuple[Ecosystem, str], Dependency]:
        """Dependencies by ecosystem and name; of several versions the direct one, else the first."""
        return _by_name(self.dependencies)

    @cached_property
    def differing(self) -> dict[tuple[Ecosystem, str], dict[str, tuple[str, ...]]]:
        """Where folders of the project list one dependency and lock several versions: the folders by version.

        The version that `by_name` has comes first. Folders are relative to the project's, which is `.`.
        """
        found: dict[tuple[Ecosystem, str], dict[str, tuple[str, ...]]] = {}
        places = [(".", self.root), *((self.label(part.folder), part.dependencies) for part in self.parts)]
        for place, dependencies in places:
            for key, one in _by_name(dependencies).items():
                if one.is_direct and one.version and not one.folder:
                    versions = found.setdefault(key, {})
                    versions[one.version] = (*versions.get(one.version, ()), place)
        return {key: versions for key, versions in found.items() if len(versions) > 1}

    def label(self, path: Path) -> str:
        """A path as it is shown: relative to the project's folder if it is below it, else its name."""
        below = path.is_relative_to(self.folder)
        return path.relative_to(self.folder).as_posix() if below else path.name


def _by_name(dependencies: Sequence[Dependency]) -> dict[tuple[Ecosystem, str], Dependency]:
    ordered = sorted(dependencies, key=lambda one: not one.is_direct)
    return {(one.ecosystem, one.name): one for one in reversed(ordered)}


def read_project(folder: Path, environments: Sequence[Path] = ()) -> Project:
    """Read the lock files of the project in `folder`, of the workspace that it belongs to, and of its parts.

    Of each ecosystem the first lock file of a folder counts that can be read, else what is installed; of a part, only
    a lock file in it, unless the part is a member of a workspace that was read already. `environments` are Python
    environments that variables name, see `find_environment`. Nothing is raised for an unreadable lock file.
    """
    folder = folder.resolve()
    files: list[Path] = []
    problems: list[str] = []
    root: list[Dependency] = []
    for readers in _readers(folder, environments, problems).values():
        root += _read_first(readers, files, problems)
    below = find_parts(folder)
    parts: list[Part] = []
    covered = _covered(root, files) if below.folders else set()
    for place in below.folders:
        found: list[Dependency] = []
        before = len(files)
        for ecosystem, readers in _readers(place, environments, problems).items():
            if (ecosystem, str(place)) not in covered:
                own = [one for one in readers if one[0].parent == place and is_lock(one[0].name)]
                found += _read_first(own, files, problems)
        if found:
            parts.append(Part(place, tuple(merge(found))))
            covered |= _covered(found, files[before:])
    if below.is_cut:
        problems.append(f"{folder}: has more folders than are searched for lock files: some may not have been found.")
    together = merge([*root, *(one for part in parts for one in part.dependencies)])
    return Project(folder, tuple(files), tuple(together), tuple(problems), tuple(parts), tuple(merge(root)))


def _covered(dependencies: Sequence[Dependency], files: Sequence[Path]) -> set[tuple[Ecosystem, str]]:
    """Ecosystems and folders whose dependencies lock files name: members of workspaces, and what is linked."""
    covered = {(one.ecosystem, one.folder) for one in dependencies if one.folder}
    for file in files:
        if file.name == "uv.lock":
            covered |= {("pypi", str(member)) for member in list_uv_members(file)}
    return covered


Reader = tuple[Path, Callable[[], Sequence[Dependency]]]
"""A lock file, and the call that reads it."""


def _readers(folder: Path, environments: Sequence[Path], left_out: list[str]) -> dict[Ecosystem, Iterator[Reader]]:
    """The lock files that count for a folder, by ecosystem."""
    environment = find_environment(folder, environments)
    return {
        "pypi": _python_readers(folder, environment, left_out),
        "npm": _javascript_readers(folder),
        "cargo": _rust_readers(folder),
        "go": _go_readers(folder),
    }


def _read_first(readers: Iterable[Reader], files: list[Path], problems: list[str]) -> list[Dependency]:
    """What the first lock file names that can be read; `files` and `problems` receive what was tried."""
    for file, read in readers:
        files.append(file)
        try:
            found = [one for one in read() if is_well_formed(one)]
        except VromError as error:
            problems.append(str(error))
            continue
        except Exception as error:  # noqa: BLE001 - of a file that may be anything; serving goes on without it
            problems.append(f"{file}: can't be read: {type(error).__name__}.")
            continue
        if found:
            return found
    return []


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
