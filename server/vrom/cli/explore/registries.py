"""Changes from the pages to pulled cartridges, as `vrom pull`, `vrom update` and `vrom remove` make them."""

from typing import TYPE_CHECKING

from vrom.app.explorer.changes.report import Report
from vrom.cli.console import format_count, format_size
from vrom.settings import Settings

if TYPE_CHECKING:
    from vrom.app.explorer.changes.jobs import Job
    from vrom.registry.client import RegistryClient
    from vrom.registry.install import Pulled


def pull(address: str, job: "Job") -> Report:
    """Pull a cartridge."""
    from vrom.cli.registry.options import open_client
    from vrom.network.addresses import is_web
    from vrom.registry import resolve

    job.in_bytes = True
    job.report("resolving", 0, None)
    client = open_client(addresses=[address] if is_web(address) else ())
    pulled = resolve.pull(address, client, progress=job.report)
    done = "is installed" if pulled.changed else "was installed already"
    return _report(pulled, done, client)


def update(name: str, job: "Job") -> Report:
    """Update a pulled cartridge, within the range that was pulled."""
    from vrom.cli.registry.options import open_client
    from vrom.cli.registry.pull import update_package
    from vrom.errors import HubError
    from vrom.format.versions import parse_reference

    job.in_bytes = True
    job.report("resolving", 0, None)
    client = open_client()
    package = client.store.find(parse_reference(name))
    if package.record is None:
        raise HubError(f"{package.id} was built on this machine. `vrom build --update {package.id}` builds it again.")
    pulled = update_package(client, package, job.report)
    found = "is new" if pulled.changed else "is the newest within the range that was pulled"
    return _report(pulled, found, client)


def remove(settings: Settings, name: str, job: "Job") -> Report:
    """Remove a cartridge from the store."""
    from vrom.format.versions import parse_reference
    from vrom.registry.installed import PackageStore

    store = PackageStore(settings.vroms)
    reference = parse_reference(name)
    with store.lock(reference.id):
        package = store.find(reference)
        job.report("removing", 0, None)
        store.remove(package)
    return Report(f"{package.id} {package.version} is removed.")


def refresh(job: "Job") -> Report:
    """Read the lists of the registries."""
    from vrom.cli.registry.options import open_client

    client = open_client(refresh=True)
    listed = 0
    for done, registry in enumerate(client.registries):
        job.report(f"reading {registry.address}", done, len(client.registries))
        listed += len(registry.document.newest_entries())
    registries = format_count(len(client.registries), "registry", "registries")
    return Report(f"{registries} list {format_count(listed, 'cartridge')}.", notes=client.notes)


def _report(pulled: "Pulled", what: str, client: "RegistryClient") -> Report:
    package = pulled.package
    origin = str(package.record.origin) if package.record else ""
    facts = {
        "size": format_size(package.size),
        "chunks": f"{package.manifest.total_chunks:,}",
        "tokens": f"{package.manifest.total_tokens:,}",
        "from": origin,
    }
    name = f"{package.id}@{package.version}"
    return Report(f"{package.id} {package.version} {what}.", facts, client.notes, cartridge=name)
