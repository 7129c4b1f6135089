"""Changes from the pages to pulled cartridges, as `vrom pull`, `vrom update` and `vrom remove` make them."""

from typing import TYPE_CHECKING

from vrom.app.explorer.changes.report import Report, Row
from vrom.cli.console import format_count, format_size
from vrom.errors import VromError
from vrom.format.versions import choose, sort_key
from vrom.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vrom.app.explorer.changes.jobs import Job
    from vrom.registry.client import RegistryClient
    from vrom.registry.install import Pulled
    from vrom.registry.installed import Installed

READ_LISTS, UPDATE = "Read the lists", "Update"
"""Stages."""


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


def update_all(job: "Job") -> Report:
    """Update each pulled cartridge of which its registry lists a newer version, within the range that was pulled.

    What fails is in its row, or a note for a registry: the others go on.
    """
    from vrom.cli.registry.options import open_client

    job.expect(READ_LISTS, UPDATE)
    client = open_client()
    outdated, notes = _find_outdated(client, job)
    rows: list[Row] = []
    for done, package in enumerate(outdated):
        job.report(UPDATE, done, len(outdated))
        rows += _update_one(client, package, job)
        job.show(_report_of(rows, notes))
    job.report(UPDATE, len(outdated), len(outdated))
    return _report_of(rows, [*notes, *client.notes])


def _find_outdated(client: "RegistryClient", job: "Job") -> "tuple[list[Installed], list[str]]":
    """Packages of which their registry lists a newer version in the range that was pulled, and what went wrong."""
    by_registry: dict[str, list[Installed]] = {}
    for package in client.store.installed():
        if package.record and package.record.origin.registry:
            by_registry.setdefault(package.record.origin.registry, []).append(package)
    found, notes = [], []
    for done, (address, packages) in enumerate(by_registry.items()):
        job.report(READ_LISTS, done, len(by_registry))
        try:
            entries = client.registry_at(address).document.newest_entries()
        except VromError as error:
            notes.append(str(error))
            continue
        listed = {entry.id: [release.version for release in entry.releases()] for entry in entries}
        found += [one for one in packages if _is_outdated(one, listed.get(one.id, ()))]
    return found, notes


def _is_outdated(package: "Installed", listed: "Sequence[str]") -> bool:
    try:
        newest = choose(package.record.wanted if package.record else "", listed)
    except VromError:  # a record that isn't vrom's: the update says so
        return True
    return newest is not None and sort_key(newest) > sort_key(package.version)


def _update_one(client: "RegistryClient", package: "Installed", job: "Job") -> list[Row]:
    """The outcome for a package; none if the newer version was there already, beside this one."""
    from vrom.cli.registry.pull import update_package

    try:
        pulled = update_package(client, package, lambda *_: job.check())
    except VromError as error:
        return [Row(package.id, package.version, "failed", problems=[str(error)])]
    new = pulled.package
    if not pulled.changed:
        return []
    return [
        Row(
            new.id, new.version, "updated", f"{new.id}@{new.version}", chunks=new.manifest.total_chunks,
            before=package.version, sources=[package.record.origin.registry] if package.record else [],
        )
    ]  # fmt: skip


def _report_of(rows: "Sequence[Row]", notes: "Sequence[str]") -> Report:
    counts = {state: sum(row.state == state for row in rows) for state in ("updated", "failed")}
    found = ", ".join(f"{count:,} {state}" for state, count in counts.items() if count)
    nothing = f"No {'other ' * bool(notes)}registry lists a newer version in the range that was pulled."
    return Report(f"{found}." if found else nothing, notes=notes, rows=list(rows))


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
    registries = format_count(len(client.registries), "registry lists", "registries list")
    return Report(f"{registries} {format_count(listed, 'cartridge')}.", notes=client.notes)


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
