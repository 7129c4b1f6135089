"""`vrom pull` and `vrom update`: install packages from registries, the hub, the web, folders and archives."""

from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from vrom.cli.console import escape_text, print_json, print_line
from vrom.cli.options import Json
from vrom.cli.registry.options import (
    Headers,
    Registries,
    as_document,
    open_client,
    print_notes,
    print_pulled,
    progress_bar,
)
from vrom.errors import VromError
from vrom.format.versions import parse_reference, sort_key

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from vrom.network.download import Progress
    from vrom.registry.client import RegistryClient
    from vrom.registry.install import Pulled
    from vrom.registry.installed import Installed


def pull(
    what: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="ID[@VERSION]",
            help=r"Ids in a registry, hf://datasets/OWNER/NAME\[@REVISION], URLs of manifests, folders or archives.",
        ),
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Pull every cartridge in the registries.")] = False,
    version: Annotated[str, typer.Option(help="Version (1.2) or range (>=1,<2).")] = "",
    force: Annotated[
        bool, typer.Option("--force", help="Download again even if installed; replace a local build.")
    ] = False,
    registry: Registries = None,
    header: Headers = None,
    json: Json = False,
) -> None:
    """Download, verify and install cartridges."""
    from vrom.network.addresses import is_web
    from vrom.registry.resolve import is_place

    names = list(what or [])
    if bool(names) == everything:
        raise typer.BadParameter("Expected cartridges to pull, or --all.")
    if version and any(is_place(name) or "@" in name for name in names):
        raise typer.BadParameter(
            "works only with plain ids, without a version, a path or a URL.", param_hint="--version"
        )
    client = open_client(registry, header, addresses=[name for name in names if is_web(name)])
    if everything:
        from vrom.registry.registry import listed

        names = [entry.id for entry, _ in listed(client.registries)]
        if not names:
            print_line("The registries list no cartridges.")
    suffix = f"@{version}" if version else ""
    works = [partial(_pull, client, name if is_place(name) else name + suffix, force=force) for name in names]
    _run_all(client, works, json=json)


def update(
    cartridges: Annotated[
        list[str] | None, typer.Argument(metavar="ID", help=r"Cartridges to update.  \[default: all pulled cartridges]")
    ] = None,
    registry: Registries = None,
    header: Headers = None,
    json: Json = False,
) -> None:
    """Update pulled cartridges, within the version range you pulled."""
    client = open_client(registry, header)
    packages = [package for package in client.store.installed() if package.record]
    if cartridges:
        named = {client.store.find(parse_reference(name)).id for name in cartridges}
        packages = [package for package in packages if package.id in named]
    if not packages:
        print_line(
            f"Nothing to update: no cartridge in {escape_text(str(client.store.folder))} was pulled. "
            "What was built here: [bold]vrom add[/] in a project, or [bold]vrom build --update ID[/]."
        )
    _run_all(client, [partial(update_package, client, package) for package in packages], json=json)


def _pull(client: "RegistryClient", address: str, progress: "Progress", *, force: bool) -> "Pulled":
    from vrom.registry.resolve import pull

    return pull(address, client, force=force, progress=progress)


def update_package(client: "RegistryClient", package: "Installed", progress: "Progress") -> "Pulled":
    """Install the newest version within the range that was pulled, unless it is installed already."""
    from vrom.registry.install import Pulled, take
    from vrom.registry.resolve import resolve_update

    offer = resolve_update(package, client)
    wanted = package.record.wanted if package.record else ""
    if offer is None or sort_key(offer.version) < sort_key(package.version):
        return Pulled(package, changed=False)
    return take(offer, client.store, wanted=wanted, progress=progress)


def _run_all(client: "RegistryClient", works: "Sequence[Callable[[Progress], Pulled]]", *, json: bool) -> None:
    """Run each job, even if others fail, and print its result."""
    done, failed = [], []
    for work in works:
        try:
            with progress_bar() as progress:
                done.append(work(progress))
        except VromError as error:
            failed.append(error)
        else:
            print_pulled(done[-1], quiet=json)
    print_notes(client)
    if json:
        print_json([as_document(pulled) for pulled in done])
    if len(failed) == 1:
        raise failed[0]
    for failure in failed:
        print_line(f"[bold red]Error:[/] {escape_text(str(failure))}")
    if failed:
        raise typer.Exit(1)
