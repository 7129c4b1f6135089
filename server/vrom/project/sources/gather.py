"""The documentation of one dependency, from all of its sources."""

from dataclasses import dataclass
from pathlib import Path

from vrom.project.dependency import Dependency
from vrom.project.python_environment import PythonEnvironment
from vrom.project.sources.gathered import Gathered
from vrom.project.sources.local_sources import SourceCaches, gather_crate, gather_go_module
from vrom.project.sources.npm import gather_npm
from vrom.project.sources.package_index import PackageIndex
from vrom.project.sources.python import gather_python


@dataclass(frozen=True)
class Sources:
    """Where documentation may be read from, for the dependencies of one project."""

    project: Path
    environment: PythonEnvironment | None
    index: PackageIndex | None
    """None if nothing may be fetched from package indexes."""
    caches: SourceCaches

    def gather(self, dependency: Dependency, work: Path) -> Gathered:
        """Read the documentation of a dependency; files are unpacked in the empty folder `work`."""
        if dependency.ecosystem == "pypi":
            return gather_python(dependency, self.environment, self.index, work, self.caches.uv)
        if dependency.ecosystem == "cargo":
            return gather_crate(dependency, self.project, self.caches)
        if dependency.ecosystem == "go":
            return gather_go_module(dependency, self.project, self.caches)
        downloads = self.index.downloads if self.index else None
        return gather_npm(dependency, self.project, downloads, work)
