"""Client for registries: network, downloads, package store and known keys, set up from plain arguments."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from vrom.format.limits import DEFAULT_LIMITS, Limits
from vrom.network.addresses import origin_of
from vrom.network.client import Network
from vrom.network.download import Downloads
from vrom.registry.installed import PackageStore
from vrom.registry.keys.trust import KnownKeys
from vrom.registry.offers.files import sweep
from vrom.registry.registry import Registry, official_address


@dataclass(frozen=True)
class RegistryClient:
    """Registries, and what is needed to pull from them. Each part is created on first use.

    `home` holds stored registry documents and `trust.json`, `cache` unfinished downloads, `vroms` pulled packages.
    """

    home: Path
    cache: Path
    vroms: Path
    max_download: int
    """Largest size of a downloaded file, in bytes."""
    limits: Limits = DEFAULT_LIMITS
    registry_addresses: Sequence[str] = ()
    """Addresses of registries, asked in order; empty for the official one."""
    package_addresses: Sequence[str] = ()
    """Web addresses of single packages. Their origins receive `headers`, but not `api_key`."""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Sent to the origins of registries and of `package_addresses`, and to no others."""
    api_key: str = field(default="", repr=False)
    """Sent as `x-api-key` to the origins of `registry_addresses`, never to the official registry by default."""
    refresh: bool = False
    """Download registry documents again, even if the stored copies are current."""

    @cached_property
    def network(self) -> Network:
        """HTTP client with credentials by origin."""
        addresses = (*self.package_addresses, *self._addresses)
        credentials = {origin_of(address): self.headers for address in addresses}
        if self.api_key:
            for address in self.registry_addresses:
                credentials[origin_of(address)] = {"x-api-key": self.api_key, **self.headers}
        return Network(credentials)

    @cached_property
    def downloads(self) -> Downloads:
        """Downloads into `cache / "downloads"`; abandoned ones are removed on first use."""
        folder = self.cache / "downloads"
        sweep(folder)
        return Downloads(self.network, folder, self.max_download)

    @cached_property
    def store(self) -> PackageStore:
        """Store of pulled packages."""
        return PackageStore(self.vroms, self.limits)

    @cached_property
    def keys(self) -> KnownKeys:
        """Known public keys of registries."""
        return KnownKeys(self.home / "trust.json")

    @cached_property
    def registries(self) -> list[Registry]:
        """Configured registries, in the order in which they are asked."""
        return [self._open(address) for address in self._addresses]

    def registry_at(self, address: str) -> Registry:
        """Return the configured registry with this address, or open another one."""
        known = [registry for registry in self.registries if registry.address == address]
        return known[0] if known else self._open(address)

    @property
    def notes(self) -> list[str]:
        """Notes of all opened registries for the user, such as a first use of a key."""
        return [registry.note for registry in self._opened if registry.note]

    def _open(self, address: str) -> Registry:
        name = hashlib.sha256(address.encode()).hexdigest()[:16]
        own = self.home / "registries" / f"{name}.json"
        copy = self.home / "registry.json" if address == official_address() else own
        registry = Registry(address, self.network, copy, self.keys, refresh=self.refresh)
        self._opened.append(registry)
        return registry

    @cached_property
    def _opened(self) -> list[Registry]:
        return []

    @property
    def _addresses(self) -> Sequence[str]:
        return self.registry_addresses or [official_address()]
