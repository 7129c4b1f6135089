"""`vrom load` and `vrom unload`: cartridges into a database, and out of it."""

import re
import signal
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from vrom.cli.cartridges.check import findings_of, packages_in
from vrom.cli.console import escape_text, format_count, print_json, print_line
from vrom.cli.options import Json, store_address
from vrom.cli.registry.options import Headers, open_client
from vrom.errors import InvalidArgumentError, PackageError
from vrom.format.manifest import is_package
from vrom.settings import Settings, read_settings

if TYPE_CHECKING:
    from vrom.cli.cartridges.listed import RegistryLoads
    from vrom.format.limits import Limits
    from vrom.store.driver import Loaded


@dataclass
class Report:
    """Result of a load."""

    done: "list[Loaded]" = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    """Reasons, by `ID VERSION`."""
    unloaded: list[str] = field(default_factory=list)
    withdrawn: list[str] = field(default_factory=list)
    """Versions that were listed, aren't any more, and are still loaded."""
    deleted: int = 0


Space = Annotated[str, typer.Option(metavar="NAME", help="Space of the database: who may see a cartridge.")]


def load(
    what: Annotated[
        list[str],
        typer.Argument(
            metavar="ID[@VERSION]|DIR|REGISTRY",
            help="Installed cartridges, folders of them, or registries: a URL of registry.json, or its folder.",
        ),
    ],
    to: Annotated[
        str | None,
        typer.Option(
            metavar="URL", help=r"postgresql://USER@HOST/NAME or milvus://HOST/NAME.  \[default: $VROM_STORE]"
        ),
    ] = None,
    space: Space = "public",
    only: Annotated[
        list[str] | None,
        typer.Option(metavar="PATTERN", help="Of registries only these ids, or ID@VERSION; repeatable."),
    ] = None,
    follow: Annotated[bool, typer.Option("--follow", help="Stay, and load what is new in the registries.")] = False,
    interval: Annotated[int, typer.Option(min=1, metavar="SECONDS", help="How often --follow reads them.")] = 60,
    prune: Annotated[bool, typer.Option("--prune", help="Unload what the registries list no more.")] = False,
    header: Headers = None,
    json: Json = False,
) -> None:
    """Load cartridges into a database, PostgreSQL or Milvus, for `vrom serve --store`.

    A package is verified first. A version that is there already with the same contents is left as it is; with others
    it is replaced, in one step. Rows of replaced versions are deleted an hour later, by the next load. Several
    processes that load from the same registries share the work.
    """
    settings = read_settings()
    if not re.fullmatch(r"[\w.@-]{1,64}", space, re.ASCII):
        raise InvalidArgumentError(f"--space {space!r}: expected 1 to 64 letters, digits, '.', '_', '-' or '@'.")
    registries = [one for one in what if _is_registry(one)]
    if follow and (json or len(registries) < len(what)):
        raise typer.BadParameter("works with registries only, and without --json.", param_hint="--follow")
    if (only or prune) and not registries:
        raise typer.BadParameter("work with registries only.", param_hint="--only and --prune")
    address = _address(to, "--to", settings)
    if registries:
        _ensure_takes_registries(address)
    if follow:
        _follow(_registry_loads(registries, header, address, space, only or [], prune=prune, quiet=False), interval)
        return
    folders = [folder for one in what if one not in registries for folder in _folders(one, settings)]
    report = _load_folders(folders, address, space, settings, quiet=json)
    if registries:
        listed = _registry_loads(registries, header, address, space, only or [], prune=prune, quiet=json).run()
        report.done += listed.done
        report.failed, report.unloaded, report.withdrawn = listed.failed, listed.unloaded, listed.withdrawn
        report.deleted += listed.deleted
    if json:
        print_json(_as_document(report, space))
    elif registries and not (report.done or report.failed):
        print_line("Everything that is listed is loaded.")
    if report.failed:
        raise typer.Exit(1)


def _ensure_takes_registries(address: str) -> None:
    from vrom.store.connect import driver_of

    if not driver_of(address).takes_registries:
        raise InvalidArgumentError(
            "Registries are loaded into PostgreSQL only. Pull what they list, and load it: `vrom pull ID`, "
            "`vrom load ID --to URL`."
        )


def _load_folders(folders: list[Path], address: str, space: str, settings: Settings, *, quiet: bool) -> "Report":
    from vrom.index.cartridge import Cartridge
    from vrom.store.connect import driver_of

    report, driver = Report(), driver_of(address)
    if not folders:
        return report
    with driver.connect(address) as connection:
        for folder in folders:
            ensure_sound(folder, settings.limits)
            cartridge = Cartridge.open(folder, settings.cache, settings.limits)
            report.done.append(result := driver.load(connection, cartridge, space))
            if not quiet:
                name = f"[bold]{escape_text(result.id)}[/] {escape_text(result.version)}"
                print_line(f"[green]✓[/] {name}: {result.state}, {format_count(result.chunks, 'chunk')}")
        report.deleted = driver.sweep(connection)
    return report


def _registry_loads(
    registries: list[str],
    header: list[str] | None,
    address: str,
    space: str,
    only: list[str],
    *,
    prune: bool,
    quiet: bool,
) -> "RegistryLoads":
    from vrom.cli.cartridges.listed import RegistryLoads

    marks = {"done": "[green]✓[/]", "failed": "[bold red]✗[/]", "note": "[yellow]![/]"}

    def say(line: str, kind: str) -> None:
        if not quiet:
            print_line(f"{marks[kind]} {escape_text(line)}")

    return RegistryLoads(address, space, partial(open_client, registries, header), say, only, prune)


def _follow(loads: "RegistryLoads", interval: int) -> None:
    """Follow registries until SIGINT or SIGTERM; a load that is interrupted leaves nothing."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        loads.follow(interval)
    except KeyboardInterrupt:
        print_line("Stopped.")


def _as_document(report: "Report", space: str) -> dict[str, Any]:
    document: dict[str, Any] = {
        "space": space,
        "cartridges": [
            {"id": one.id, "version": one.version, "state": one.state, "chunks": one.chunks} for one in report.done
        ],
        "deleted": report.deleted,
    }
    optional = {"failed": report.failed, "unloaded": report.unloaded, "withdrawn": report.withdrawn}
    return document | {name: value for name, value in optional.items() if value}


def unload(
    cartridge: Annotated[str, typer.Argument(metavar="ID[@VERSION]", help="A cartridge, or one version of it.")],
    source: Annotated[
        str | None, typer.Option("--from", metavar="URL", help=r"As `vrom load --to`.  \[default: $VROM_STORE]")
    ] = None,
    space: Space = "public",
    json: Json = False,
) -> None:
    """Take a cartridge, or one version of it, out of a database."""
    address = _address(source, "--from", read_settings())
    from vrom.store.connect import driver_of

    driver = driver_of(address)
    cartridge_id, _, version = cartridge.partition("@")
    with driver.connect(address) as connection:
        gone = driver.unload(connection, cartridge_id, version or None, space)
    if json:
        print_json({"space": space, "id": cartridge_id, "versions": gone})
    else:
        print_line(f"[green]✓[/] [bold]{escape_text(cartridge_id)}[/] {escape_text(', '.join(gone))}: unloaded")


def _address(given: str | None, option: str, settings: Settings) -> str:
    address = store_address(given, settings)
    if not address:
        raise InvalidArgumentError(f"No database is named. Give {option}, or set VROM_STORE.")
    return address


def _folders(what: str, settings: Settings) -> list[Path]:
    """Packages that an argument means. Raises `NotFoundError` or `PackageNotFoundError` if it means none."""
    folder = Path(what).expanduser()
    if is_package(folder) or folder.is_dir():
        return packages_in(folder)
    from vrom.cli.options import library_of

    return [library_of(settings).mount(what).folder]


def _is_registry(what: str) -> bool:
    """True for a web address, a registry document, or a folder with one."""
    from vrom.network.addresses import is_web

    path = Path(what).expanduser()
    is_folder = not is_package(path) and (path / "registry.json").is_file()
    return is_web(what) or is_folder or (path.suffix == ".json" and path.is_file())


def ensure_sound(folder: Path, limits: "Limits") -> None:
    """Raise `PackageError` if a package has errors."""
    errors = [one for one in findings_of(folder, limits) if one.severity == "error"]
    if errors:
        raise PackageError(
            f"{folder}: {errors[0].file}, {errors[0].where}: found {errors[0].found}, expected {errors[0].expected}. "
            "`vrom check DIR` lists everything. Nothing of it was loaded."
        )
