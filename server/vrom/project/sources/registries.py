"""Cartridges of dependencies that a registry lists: pulled, so that nothing is built."""

import threading

from vrom.errors import NotFoundError
from vrom.format.versions import parse_reference
from vrom.project.cartridge_names import cartridge_id
from vrom.project.dependency import Dependency
from vrom.registry.client import RegistryClient
from vrom.registry.install import take
from vrom.registry.installed import Installed
from vrom.registry.offers.offers import from_registry
from vrom.registry.registry import find


class Registries:
    """The registries that the user has set up. The public one isn't asked unless it is among them."""

    def __init__(self, client: RegistryClient) -> None:
        self._client = client
        self._lock = threading.Lock()

    def pull(self, dependency: Dependency) -> Installed | None:
        """Pull the cartridge of a dependency at exactly its version; None if no registry lists that.

        Raises `HubError` and `PackageError`, also where the id came from elsewhere before: a pulled cartridge is
        replaced by none of another origin.
        """
        identity = cartridge_id(dependency.ecosystem, dependency.name)
        reference = parse_reference(f"{identity}@{dependency.version}")
        with self._lock:  # documents of registries are read once, not by each thread
            try:
                found = find(reference, self._client.registries)
            except NotFoundError:
                return None
            offer = from_registry(found, self._client.downloads)
        if offer.version != dependency.version:
            return None
        is_built_here = all(package.record is None for package in self._client.store.installed(identity))
        return take(offer, self._client.store, wanted=offer.version, force=is_built_here).package
