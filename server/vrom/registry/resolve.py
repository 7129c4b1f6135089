"""Resolve the address of a package to an offer.

An address is `ID[@VERSION]` (with an optional `hub://` prefix), `hf://datasets/OWNER/NAME[@REVISION]`,
`https://…/manifest.json`, or the path of a folder or an archive.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from vrom.format.versions import Reference, parse_reference
from vrom.network.addresses import is_web
from vrom.network.download import Progress, silent
from vrom.registry.client import RegistryClient
from vrom.registry.install import Offer, Pulled, take
from vrom.registry.installed import Installed
from vrom.registry.offers.archive import is_archive
from vrom.registry.offers.hf_dataset import PREFIX, from_dataset
from vrom.registry.offers.offers import from_address, from_path, from_registry
from vrom.registry.pulled_json import Origin
from vrom.registry.registry import Registry, find


def pull(address: str, client: RegistryClient, *, force: bool = False, progress: Progress = silent) -> Pulled:
    """Install the package at an address into the client's store. Raises as `resolve` and `take` do."""
    with resolve(address, client) as offer:
        wanted = requested_version(address, offer)
        return take(offer, client.store, wanted=wanted, force=force, progress=progress)


@contextmanager
def resolve(address: str, client: RegistryClient) -> Iterator[Offer]:
    """Offer of the package at an address, valid within the context: an archive is unpacked only for that long.

    Raises `HubError`, `NotFoundError`, `PackageError` and `InvalidArgumentError`.
    """
    if offer := _remote_offer(address, client):
        yield offer
    elif _is_path(address):
        with from_path(Path(address).expanduser(), client.downloads) as offer:
            yield offer
    else:
        yield _listed_offer(parse_reference(address), client.registries, client)


@contextmanager
def resolve_origin(origin: Origin, reference: Reference, client: RegistryClient) -> Iterator[Offer]:
    """Offer of a package from its recorded origin, valid within the context. Only a registry uses `reference`.

    Raises `HubError`, `NotFoundError`, `PackageError` and `InvalidArgumentError`.
    """
    if origin.registry:
        yield _listed_offer(reference, [client.registry_at(origin.registry)], client)
    elif offer := _remote_offer(origin.address, client):
        yield offer
    else:
        with from_path(Path(origin.address), client.downloads) as offer:
            yield offer


def resolve_update(package: Installed, client: RegistryClient) -> Offer | None:
    """Current offer of a pulled package's source. None if the source is a path or a pinned revision, or not recorded.

    Raises `HubError`, `NotFoundError`, `PackageError` and `InvalidArgumentError`.
    """
    if package.record is None:
        return None
    origin, wanted = package.record.origin, package.record.wanted
    if origin.registry:
        return _listed_offer(Reference(package.id, wanted), [client.registry_at(origin.registry)], client)
    if is_web(origin.address):
        return from_address(origin.address, client.downloads)
    if origin.address.startswith(PREFIX) and not wanted:
        return from_dataset(origin.address.partition("@")[0], client.downloads)
    return None


def requested_version(address: str, offer: Offer) -> str:
    """Version or range that an address asks for; empty if updates may replace it."""
    if address.startswith(PREFIX):
        return offer.version if "@" in address else ""
    return "" if is_place(address) else parse_reference(address).wanted


def is_place(address: str) -> bool:
    """Return True for a URL, a dataset or a path, and False for the id of a package."""
    return is_web(address) or address.startswith(PREFIX) or _is_path(address)


def _is_path(address: str) -> bool:
    """Return True if an address has a path separator, begins with `.` or `~`, or names an archive that exists."""
    has_separator = "/" in address.removeprefix("hub://") or "\\" in address
    return has_separator or address.startswith((".", "~")) or is_archive(Path(address))


def _remote_offer(address: str, client: RegistryClient) -> Offer | None:
    """Offer at a URL or in a dataset; None for other addresses."""
    if is_web(address):
        return from_address(address, client.downloads)
    if address.startswith(PREFIX):
        return from_dataset(address, client.downloads)
    return None


def _listed_offer(reference: Reference, registries: list[Registry], client: RegistryClient) -> Offer:
    return from_registry(find(reference, registries), client.downloads)
