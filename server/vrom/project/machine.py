"""Needs of adding documentation on this machine: its folders, and the package indexes that a project uses."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from vrom.format.limits import DEFAULT_LIMITS, Limits

if TYPE_CHECKING:
    from vrom.project.add import Shelf
    from vrom.project.project import Project
    from vrom.project.sources.gather import Sources
    from vrom.project.sources.package_index import PackageIndex
    from vrom.project.sources.registries import Registries


_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Machine:
    """Folders and limits, as the settings name them. Cheap to make: nothing is opened, and nothing heavy imported."""

    vroms: Path
    """Folder of the cartridges that all projects share."""
    models: Path
    cache: Path
    builds: Path
    """Folder with the records of local builds."""
    cargo: Path
    go: Path
    uv_cache: Path = Path()
    """uv's cache, which the files of an environment may be links into."""
    environments: Sequence[Path] = ()
    """Python environments that variables name."""
    index_variables: Mapping[str, str] = field(default_factory=dict)
    """Variables that say where packages come from."""
    limits: Limits = DEFAULT_LIMITS
    max_download: int = 4_000_000_000
    uv: str = "uv"
    home: Path = Path()
    """Folder of what is known about registries."""
    registries: Sequence[str] = ()
    """Addresses of the registries that the user has set up."""
    api_key: str = field(default="", repr=False)
    """Sent to these registries."""

    def open_shelf(self) -> "Shelf":
        """The cartridges of dependencies on this machine."""
        from vrom.embedding.model_store import ModelStore
        from vrom.project.add import Shelf
        from vrom.registry.installed import PackageStore

        models = ModelStore(self.models, uv=self.uv)
        return Shelf(PackageStore(self.vroms, self.limits), models, self.cache, self.builds)

    @contextmanager
    def open_sources(self, project: "Project", *, fetch: bool = True, git: bool = True) -> Iterator["Sources"]:
        """The sources of a project's documentation; without `fetch`, no package index, without `git`, no repository."""
        from vrom.project.python.environment import find_environment
        from vrom.project.sources.gather import Sources
        from vrom.project.sources.local_sources import SourceCaches
        from vrom.project.sources.repository.forges import Forges

        environment = find_environment(project.folder, self.environments)
        with self._open_index(project, fetch=fetch) as index:
            caches = SourceCaches(self.cargo, self.go, self.uv_cache)
            registries = self._open_registries() if fetch and self.registries else None
            parts = [(one.folder, find_environment(one.folder, self.environments)) for one in project.parts]
            yield Sources(project.folder, environment, index, caches, Forges() if git else None, registries, parts)

    def _open_registries(self) -> "Registries":
        from vrom.project.sources.registries import Registries
        from vrom.registry.client import RegistryClient

        client = RegistryClient(
            home=self.home,
            cache=self.cache,
            vroms=self.vroms,
            max_download=self.max_download,
            limits=self.limits,
            registry_addresses=self.registries,
            api_key=self.api_key,
        )
        return Registries(client)

    @contextmanager
    def _open_index(self, project: "Project", *, fetch: bool) -> Iterator["PackageIndex | None"]:
        """The package indexes that the project uses; None if nothing may be fetched."""
        from vrom.network.client import Network
        from vrom.network.download import Downloads
        from vrom.network.unreachable import UnreachableHosts
        from vrom.project.sources.index_settings import read_index_settings
        from vrom.project.sources.npm import npm_credentials, own_registries
        from vrom.project.sources.package_index import PackageIndex

        if not fetch:
            yield None
            return
        indexes = [
            one.index for one in project.dependencies if one.ecosystem == "pypi" and one.index and one.is_of_index
        ]
        locked = tuple(dict.fromkeys(indexes))
        found = read_index_settings(project.folder, dict(self.index_variables), locked)
        for name in found.withheld:
            _log.warning(
                "The credentials of the index %s are not sent, since only the project names its address. "
                "If you trust it, name it in ~/.config/uv/uv.toml or UV_INDEX.",
                name[:100],
            )
        credentials = {**npm_credentials(project.folder), **found.credentials}
        unreachable = UnreachableHosts("Check your network connection; --offline uses what is on this machine.")
        network = Network(credentials, private_origins=found.own | own_registries(), unreachable=unreachable)
        with closing(network):
            yield PackageIndex(found.urls, Downloads(network, self.cache / "downloads", self.max_download))
