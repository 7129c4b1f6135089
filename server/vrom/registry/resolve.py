"""From an address to an offer: an id, `hub://`, `hf://`, a web address, a folder or an archive."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from vrom.format.versions import Reference, parse_reference
from vrom.network.download import Downloads
from vrom.registry.install import Offer
from vrom.registry.offers.archive import is_archive
from vrom.registry.offers.hf_dataset import from_dataset
from vrom.registry.offers.offers import from_address, from_path, from_registry
from vrom.registry.pulled_json import Origin
from vrom.registry.registry import Registry, find


@dataclass(frozen=True)
class Resolved:
    """An offer, and the version or range that was asked for; empty for any."""

    offer: Offer
    wanted: str = ""


@contextmanager
def resolve(address: str, registries: Sequence[Registry], downloads: Downloads) -> Iterator[Resolved]:
    """The offer at `address`: `ID[@VERSION]`, with or without `hub://`, from the first of `registries` that lists the
    id; `hf://datasets/OWNER/NAME[@REVISION]`; the web address of a `manifest.json`; the path of a folder or an archive.

    An archive is unpacked for as long as the context lasts. Raises `HubError`, `NotFoundError`, `PackageError`.
    """
    if is_web_address(address):
        yield Resolved(from_address(address, downloads))
    elif is_dataset(address):
        offer = from_dataset(address, downloads)
        yield Resolved(offer, offer.version if "@" in address else "")
    elif is_path(address):
        with from_path(Path(address).expanduser(), downloads) as offer:
            yield Resolved(offer)
    else:
        reference = parse_reference(address)
        yield Resolved(from_registry(find(reference, registries), downloads), reference.wanted)


@contextmanager
def resolve_origin(
    origin: Origin, reference: Reference, registry_at: Callable[[str], Registry], downloads: Downloads
) -> Iterator[Offer]:
    """The offer at a recorded origin: `reference` at its registry, else what its address has. Raises as `resolve`."""
    if origin.registry:
        yield from_registry(find(reference, [registry_at(origin.registry)]), downloads)
    elif is_dataset(origin.address):
        yield from_dataset(origin.address, downloads)
    elif is_web_address(origin.address):
        yield from_address(origin.address, downloads)
    else:
        with from_path(Path(origin.address), downloads) as offer:
            yield offer


def is_id(address: str) -> bool:
    """Return True for an id, which only registries can resolve."""
    return not (is_web_address(address) or is_dataset(address) or is_path(address))


def is_web_address(address: str) -> bool:
    """Return True for http and https."""
    return address.startswith(("https://", "http://"))


def is_dataset(address: str) -> bool:
    """Return True for a dataset of the Hugging Face Hub."""
    return address.startswith("hf://")


def is_path(address: str) -> bool:
    """Return True for a folder or a file, not an id: it has a separator, or the name of an archive."""
    if is_web_address(address) or is_dataset(address):
        return False
    name = address.removeprefix("hub://")
    return "/" in name or "\\" in name or name.startswith((".", "~")) or is_archive(Path(name))
