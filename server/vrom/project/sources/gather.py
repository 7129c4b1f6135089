"""The documentation of one dependency, from all of its sources."""

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from vrom.errors import HubError
from vrom.project.dependency import Dependency
from vrom.project.python.environment import PythonEnvironment
from vrom.project.sources.gathered import Gathered
from vrom.project.sources.local_sources import SourceCaches, gather_crate, gather_go_module
from vrom.project.sources.npm import find_installed, find_newest, gather_npm
from vrom.project.sources.package_index import PackageIndex
from vrom.project.sources.python import gather_python
from vrom.project.sources.registries import Registries
from vrom.project.sources.repository.forges import Forges
from vrom.registry.installed import Installed


@dataclass(frozen=True)
class Sources:
    """Where documentation may be read from, for the dependencies of one project."""

    project: Path
    environment: PythonEnvironment | None
    index: PackageIndex | None
    """None if nothing may be fetched from package indexes."""
    caches: SourceCaches
    forges: Forges | None = None
    """None if no repository may be read."""
    registries: Registries | None = None
    """None if no registry may be asked, or none is set up."""
    parts: Sequence[tuple[Path, PythonEnvironment | None]] = ()
    """Folders of the project's parts that have their own lock files, each with its environment."""

    def complete(self, dependency: Dependency) -> Dependency:
        """Give a named dependency that nothing locks a version: the installed one, else the newest of the index.

        Without an index that can be read, it stays without, as does one of a repository or a file.
        """
        if dependency.version or not dependency.is_of_index or dependency.ecosystem not in ("pypi", "npm"):
            return dependency
        if dependency.ecosystem == "npm":
            with contextlib.suppress(HubError):
                downloads = self.index.downloads if self.index else None
                return replace(dependency, version=find_newest(dependency.name, self.project, downloads))
            return dependency
        installed = self.environment.distributions.get(dependency.name) if self.environment else None
        if installed is not None:
            return replace(dependency, version=installed.version)
        with contextlib.suppress(HubError):
            return replace(dependency, version=self.index.find_newest(dependency.name) if self.index else "")
        return dependency

    def pull(self, dependency: Dependency) -> Installed | None:
        """Pull the cartridge of a dependency from a registry; None if none lists it. Raises `VromError`."""
        return self.registries.pull(dependency) if self.registries else None

    def gather(self, dependency: Dependency, work: Path) -> Gathered:
        """Read the documentation of a dependency; files are unpacked in the empty folder `work`."""
        gathered = self._gather(dependency, work)
        if self.forges and dependency.version:
            self.forges.add_guides(dependency, gathered, work / "repository")
        return gathered

    def _gather(self, dependency: Dependency, work: Path) -> Gathered:
        if dependency.ecosystem == "pypi":
            return gather_python(dependency, self._find_environment(dependency), self.index, work, self.caches.uv)
        if dependency.ecosystem == "cargo":
            return gather_crate(dependency, self.project, self.caches)
        if dependency.ecosystem == "go":
            return gather_go_module(dependency, self.project, self.caches)
        downloads = self.index.downloads if self.index else None
        return gather_npm(dependency, self._find_user(dependency), downloads, work)

    def _find_environment(self, dependency: Dependency) -> PythonEnvironment | None:
        """The environment that has the dependency's version: the project's, or that of the first part that has it."""
        for environment in (self.environment, *(environment for _, environment in self.parts)):
            installed = environment.distributions.get(dependency.name) if environment else None
            if installed and installed.version == dependency.version:
                return environment
        return self.environment

    def _find_user(self, dependency: Dependency) -> Path:
        """The folder whose `node_modules` have the dependency's version: the project's, or the first part's."""
        places = [folder for folder, _ in self.parts]
        has_it = (one for one in places if find_installed(dependency.name, dependency.version, one))
        is_here = not places or find_installed(dependency.name, dependency.version, self.project)
        return self.project if is_here else next(has_it, self.project)
