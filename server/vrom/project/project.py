"""A project: its lock files, and the dependencies at the versions that they lock."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from vrom.errors import VromError
from vrom.project.dependency import Dependency, Ecosystem, is_well_formed, merge
from vrom.project.locks.parts import find_parts, is_lock, list_uv_members
from vrom.project.locks.readers import Reader, readers_for


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
        """Dependencies that folders of the project list and lock in several versions: the folders by version.

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
    for readers in readers_for(folder, environments, problems).values():
        root += _read_first(readers, files, problems)
    below = find_parts(folder)
    parts: list[Part] = []
    covered = _covered(root, files) if below.folders else set()
    for place in below.folders:
        found: list[Dependency] = []
        before = len(files)
        for ecosystem, readers in readers_for(place, environments, problems).items():
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
