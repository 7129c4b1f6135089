"""A project: its lock files, and the dependencies at the versions that they lock."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from vrom.project.dependency import Dependency, Ecosystem, merge
from vrom.project.locks.lock import LockFileError
from vrom.project.locks.python.pipfile import read_pipfile_lock
from vrom.project.locks.python.poetry import read_poetry_lock
from vrom.project.locks.python.pylock import read_pylock
from vrom.project.locks.python.pyproject import read_direct
from vrom.project.locks.python.requirements import read_requirements
from vrom.project.locks.python.uv import read_uv_lock
from vrom.project.python_environment import PythonEnvironment, find_environment
from vrom.project.roots import folders_above


@dataclass(frozen=True)
class Project:
    """What a project locks."""

    folder: Path
    files: tuple[Path, ...]
    """The files that were read: lock files, and those that list the direct dependencies."""
    dependencies: tuple[Dependency, ...]
    problems: tuple[str, ...] = ()
    """One message for each lock file that can't be read."""

    @cached_property
    def by_name(self) -> dict[tuple[Ecosystem, str], Dependency]:
        """Dependencies by ecosystem and name; of several versions the direct one, else the first."""
        ordered = sorted(self.dependencies, key=lambda one: not one.is_direct)
        return {(one.ecosystem, one.name): one for one in reversed(ordered)}


def read_project(folder: Path, environments: Sequence[Path] = ()) -> Project:
    """Read the lock files of the project in `folder`, and of the workspace that it belongs to.

    Of each ecosystem the first lock file counts that can be read, else what is installed. `environments` are Python
    environments that variables name, see `find_environment`. Nothing is raised for an unreadable lock file.
    """
    folder = folder.resolve()
    environment = find_environment(folder, environments)
    files: list[Path] = []
    problems: list[str] = []
    dependencies: list[Dependency] = []
    for readers in (_python_readers(folder, environment),):
        for file, read in readers:
            files.append(file)
            try:
                found = read()
            except LockFileError as error:
                problems.append(str(error))
                continue
            if found:
                dependencies += found
                break
    return Project(folder, tuple(files), tuple(merge(dependencies)), tuple(problems))


Reader = tuple[Path, Callable[[], Sequence[Dependency]]]
"""A lock file, and the call that reads it."""


def _python_readers(folder: Path, environment: PythonEnvironment | None) -> Iterator[Reader]:
    """The lock files of a Python project that exist, the most telling first, and the environment last."""
    python = environment.version if environment else ""
    if file := _nearest(folder, "uv.lock"):
        yield file, lambda: read_uv_lock(file, folder, python)
    pyproject = folder / "pyproject.toml"
    for pylock in sorted(folder.glob("pylock*.toml")):
        yield pylock, lambda pylock=pylock: read_pylock(pylock, read_direct(pyproject), python)  # type: ignore[misc]
    for name in ("poetry.lock", "pdm.lock"):
        if (lock := folder / name).is_file():
            yield lock, lambda lock=lock: read_poetry_lock(lock, read_direct(pyproject), python)  # type: ignore[misc]
    if (pipfile := folder / "Pipfile.lock").is_file():
        yield pipfile, lambda: read_pipfile_lock(pipfile, python)
    requirements = sorted([*folder.glob("requirements*.txt"), *folder.glob("requirements/*.txt")])
    if requirements:
        yield requirements[0], lambda: _with_installed(_read_all(requirements, folder, python), environment)
    if pyproject.is_file():
        yield pyproject, lambda: _installed(pyproject, environment)


def _nearest(folder: Path, name: str) -> Path | None:
    return next((above / name for above in folders_above(folder) if (above / name).is_file()), None)


def _read_all(files: Sequence[Path], root: Path, python: str) -> list[Dependency]:
    return merge(one for file in files for one in read_requirements(file, root, python))


def _with_installed(dependencies: Sequence[Dependency], environment: PythonEnvironment | None) -> Sequence[Dependency]:
    """Dependencies that are not pinned get the version that is installed."""
    installed = environment.distributions if environment else {}
    return [
        replace(one, version=installed[one.name].version) if not one.version and one.name in installed else one
        for one in dependencies
    ]


def _installed(pyproject: Path, environment: PythonEnvironment | None) -> Sequence[Dependency]:
    """The dependencies that `pyproject.toml` lists, and the others that are installed with them."""
    direct = read_direct(pyproject)
    listed = [Dependency("pypi", name, groups=groups) for name, groups in direct.items()]
    others = set(environment.distributions if environment else ()) - direct.keys()
    return _with_installed([*listed, *(Dependency("pypi", name) for name in sorted(others))], environment)
