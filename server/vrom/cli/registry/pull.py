"""`vrom pull` and `vrom update`: packages from registries, the hub, the web, folders and archives."""

from contextlib import ExitStack
from functools import partial
from pathlib import Path
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
    from vrom.registry.install import Offer, Pulled
    from vrom.registry.installed import Installed


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
    names = list(what or [])
    if bool(names) == everything:
        raise typer.BadParameter("Name what to pull, or say --all.")
    if version and any(_is_place(name) or "@" in name for name in names):
        raise typer.BadParameter("It goes with a plain id.", param_hint="--version")
    hub = open_hub(registry, header, addresses=[name for name in names if _is_web(name)])
    if everything:
        from vrom.registry.registry import listed

        names = [entry.id for entry, _ in listed(hub.registries)]
        if not names:
            say("The registries list nothing.")
    suffix = f"@{version}" if version else ""
    works = [partial(_pull, hub, name if _is_place(name) else name + suffix, force=force) for name in names]
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
    from vrom.registry.offers.offers import from_address, from_path, from_registry
    from vrom.registry.registry import find

    wanted = ""
    with ExitStack() as stack:
        if _is_web(name):
            offer = from_address(name, hub.downloads)
        elif name.startswith("hf://"):
            offer = _from_dataset(hub, name)
            wanted = offer.version if "@" in name else ""
        elif _is_path(name):
            offer = stack.enter_context(from_path(Path(name).expanduser(), hub.downloads))
        else:
            reference = parse_reference(name)
            wanted = reference.wanted
            offer = from_registry(find(reference, hub.registries), hub.downloads)
        return take(offer, hub.store, wanted=wanted, force=force, progress=progress)


def _update(hub: Hub, package: "Installed", progress: "Progress") -> "Pulled":
    from vrom.registry.install import Pulled, take

    offer = _newer(hub, package)
    wanted = package.record.wanted if package.record else ""
    if offer is None or sort_key(offer.version) < sort_key(package.version):
        return Pulled(package, changed=False)
    return take(offer, hub.store, wanted=wanted, progress=progress)


def _newer(hub: Hub, package: "Installed") -> "Offer | None":
    """What the source of a package offers now; None where it stays as it is."""
    from vrom.registry.offers.offers import from_address, from_registry
    from vrom.registry.registry import find

    if package.record is None:
        return None
    origin, wanted = package.record.origin, package.record.wanted
    if origin.registry:
        known = [registry for registry in hub.registries if registry.address == origin.registry]
        registry = known[0] if known else hub.registry(origin.registry)
        return from_registry(find(Reference(package.id, wanted), [registry]), hub.downloads)
    if _is_web(origin.address):
        return from_address(origin.address, hub.downloads)
    if origin.address.startswith("hf://") and not wanted:
        return _from_dataset(hub, origin.address.partition("@")[0])
    return None


def _from_dataset(hub: Hub, address: str) -> "Offer":
    from vrom.registry.offers.hf_dataset import from_dataset

    return from_dataset(address, hub.downloads)


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


def _is_web(name: str) -> bool:
    return name.startswith(("https://", "http://"))


def _is_path(name: str) -> bool:
    """Whether a folder or a file is meant, not an id: it has a separator, or the name of an archive."""
    from vrom.registry.offers.archive import is_archive

    return "/" in name.removeprefix("hub://") or "\\" in name or name.startswith((".", "~")) or is_archive(Path(name))


def _is_place(name: str) -> bool:
    return _is_web(name) or name.startswith("hf://") or _is_path(name)
