"""The documentation of one dependency, from all of its sources."""

import contextlib
from dataclasses import dataclass, replace
from pathlib import Path

from vrom.errors import HubError
from vrom.project.dependency import Dependency
from vrom.project.python.environment import PythonEnvironment
from vrom.project.sources.gathered import Gathered
from vrom.project.sources.local_sources import SourceCaches, gather_crate, gather_go_module
from vrom.project.sources.npm import find_newest, gather_npm
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
            return gather_python(dependency, self.environment, self.index, work, self.caches.uv)
        if dependency.ecosystem == "cargo":
            return gather_crate(dependency, self.project, self.caches)
        if dependency.ecosystem == "go":
            return gather_go_module(dependency, self.project, self.caches)
        downloads = self.index.downloads if self.index else None
        return gather_npm(dependency, self.project, downloads, work)
