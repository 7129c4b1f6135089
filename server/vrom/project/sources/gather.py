"""The documentation of one dependency, from all of its sources."""

from dataclasses import dataclass
from pathlib import Path

from vrom.project.dependency import Dependency
from vrom.project.python.environment import PythonEnvironment
from vrom.project.sources.gathered import Gathered
from vrom.project.sources.local_sources import SourceCaches, gather_crate, gather_go_module
from vrom.project.sources.npm import gather_npm
from vrom.project.sources.package_index import PackageIndex
from vrom.project.sources.python import gather_python
from vrom.project.sources.repository.forges import Forges


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
