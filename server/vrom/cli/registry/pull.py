"""`vrom pull` and `vrom update`: packages from registries, the hub, the web, folders and archives."""

from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from vrom.cli.console import escaped, print_json, say
from vrom.cli.options import Json
from vrom.cli.registry.options import Headers, Hub, Registries, as_document, open_hub, progress_bar, report
from vrom.errors import VromError
from vrom.format.versions import Reference, parse_reference, sort_key

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from vrom.network.download import Progress
    from vrom.registry.install import Pulled
    from vrom.registry.installed import Installed
    from vrom.registry.pulled_json import Record


def pull(
    what: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[ID[@VERSION] ...]",
            help="Ids, or hf://datasets/OWNER/NAME[@REVISION], https://…/manifest.json, a folder (./DIR), an archive.",
        ),
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Everything that the registries list.")] = False,
    version: Annotated[str, typer.Option(help="A version (1.2) or a range (>=1,<2).")] = "",
    force: Annotated[bool, typer.Option("--force", help="Fetch it even if it is here.")] = False,
    registry: Registries = None,
    header: Headers = None,
    json: Json = False,
) -> None:
    """Fetch cartridges, verified, into the folder where they are found."""
    from vrom.registry.resolve import is_id, is_web_address

    names = list(what or [])
    if bool(names) == everything:
        raise typer.BadParameter("Name what to pull, or say --all.")
    if version and any("@" in name or not is_id(name) for name in names):
        raise typer.BadParameter("It goes with a plain id.", param_hint="--version")
    hub = open_hub(registry, header, addresses=[name for name in names if is_web_address(name)])
    if everything:
        from vrom.registry.registry import listed

        names = [entry.id for entry, _ in listed(hub.registries)]
        if not names:
            say("The registries list nothing.")
    suffix = f"@{version}" if version else ""
    works = [partial(_pull, hub, name + suffix if is_id(name) else name, force=force) for name in names]
    _run_all(hub, works, json=json)


def update(
    cartridges: Annotated[list[str] | None, typer.Argument(metavar="[ID ...]", help="By default all.")] = None,
    registry: Registries = None,
    header: Headers = None,
    json: Json = False,
) -> None:
    """Replace pulled cartridges by the newest of the versions that were asked for when they were pulled."""
    hub = open_hub(registry, header)
    packages = [package for package in hub.store.installed() if package.record]
    if cartridges:
        named = {hub.store.find(parse_reference(name)).id for name in cartridges}
        packages = [package for package in packages if package.id in named]
    if not packages:
        say(f"Nothing in {escaped(str(hub.store.folder))} was pulled, so there is nothing to update.")
    _run_all(hub, [partial(_update, hub, package) for package in packages], json=json)


def _pull(hub: Hub, name: str, progress: "Progress", *, force: bool) -> "Pulled":
    from vrom.registry.install import take
    from vrom.registry.resolve import resolve

    with resolve(name, hub.registries, hub.downloads) as found:
        return take(found.offer, hub.store, wanted=found.wanted, force=force, progress=progress)


def _update(hub: Hub, package: "Installed", progress: "Progress") -> "Pulled":
    from vrom.registry.install import Pulled, take
    from vrom.registry.resolve import is_dataset, resolve_origin

    record = package.record
    if record is None or not _may_have_a_newer(record):
        return Pulled(package, changed=False)
    origin = record.origin
    if is_dataset(origin.address):
        origin = origin.model_copy(update={"address": origin.address.partition("@")[0]})
    with resolve_origin(origin, Reference(package.id, record.wanted), hub.known_registry, hub.downloads) as offer:
        if sort_key(offer.version) < sort_key(package.version):
            return Pulled(package, changed=False)
        return take(offer, hub.store, wanted=record.wanted, progress=progress)


def _may_have_a_newer(record: "Record") -> bool:
    """Return False for a folder, an archive, and a revision of a dataset that was asked for: these stay as they are."""
    from vrom.registry.resolve import is_dataset, is_web_address

    address = record.origin.address
    return bool(record.origin.registry) or is_web_address(address) or (is_dataset(address) and not record.wanted)


def _run_all(hub: Hub, works: "Sequence[Callable[[Progress], Pulled]]", *, json: bool) -> None:
    """Do one after another, whatever becomes of the others; tell what has become of each."""
    done, failed = [], []
    for work in works:
        try:
            with progress_bar() as progress:
                done.append(work(progress))
        except VromError as error:
            failed.append(error)
        else:
            report(done[-1], quiet=json)
    hub.tell_notes()
    if json:
        print_json([as_document(pulled) for pulled in done])
    if len(failed) == 1:
        raise failed[0]
    for failure in failed:
        say(f"[bold red]Error:[/] {escaped(str(failure))}")
    if failed:
        raise typer.Exit(1)
