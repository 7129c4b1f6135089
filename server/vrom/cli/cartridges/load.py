"""`vrom load` and `vrom unload`: cartridges into a database, and out of it."""

import re
from pathlib import Path
from typing import Annotated

import typer

from vrom.cli.cartridges.check import findings_of, packages_in
from vrom.cli.console import escape_text, format_count, print_json, print_line
from vrom.cli.options import Json, store_address
from vrom.errors import InvalidArgumentError, PackageError
from vrom.format.manifest import is_package
from vrom.settings import Settings, read_settings

Space = Annotated[str, typer.Option(metavar="NAME", help="Space of the database: who may see a cartridge.")]


def load(
    what: Annotated[
        list[str],
        typer.Argument(metavar="ID[@VERSION]|DIR", help="Installed cartridges, or folders of them."),
    ],
    to: Annotated[
        str | None, typer.Option(metavar="URL", help="postgresql://USER@HOST/DATABASE.  [default: $VROM_STORE]")
    ] = None,
    space: Space = "public",
    json: Json = False,
) -> None:
    """Load cartridges into a PostgreSQL database, for `vrom serve --store`.

    A package is verified first. A version that is there already with the same contents is left as it is; with others
    it is replaced, in one step. Rows of replaced versions are deleted an hour later, by the next load.
    """
    settings = read_settings()
    if not re.fullmatch(r"[\w.@-]{1,64}", space, re.ASCII):
        raise InvalidArgumentError(f"--space {space!r}: expected 1 to 64 letters, digits, '.', '_', '-' or '@'.")
    address = _address(to, settings)
    folders = [folder for one in what for folder in _folders(one, settings)]
    from vrom.index.cartridge import Cartridge
    from vrom.store.postgres.database import connect
    from vrom.store.postgres.load import load as load_cartridge
    from vrom.store.postgres.load import sweep

    done = []
    with connect(address) as connection:
        for folder in folders:
            _ensure_sound(folder, settings)
            cartridge = Cartridge.open(folder, settings.cache, settings.limits)
            result = load_cartridge(connection, cartridge, space)
            done.append({"id": result.id, "version": result.version, "state": result.state, "chunks": result.chunks})
            if not json:
                name = f"[bold]{escape_text(result.id)}[/] {escape_text(result.version)}"
                print_line(f"[green]✓[/] {name}: {result.state}, {format_count(result.chunks, 'chunk')}")
        swept = sweep(connection)
    if json:
        print_json({"space": space, "cartridges": done, "deleted": swept})


def unload(
    cartridge: Annotated[str, typer.Argument(metavar="ID[@VERSION]", help="A cartridge, or one version of it.")],
    source: Annotated[
        str | None, typer.Option("--from", metavar="URL", help="As `vrom load --to`.  [default: $VROM_STORE]")
    ] = None,
    space: Space = "public",
    json: Json = False,
) -> None:
    """Take a cartridge, or one version of it, out of a database."""
    address = _address(source, read_settings())
    from vrom.store.postgres.database import connect
    from vrom.store.postgres.load import unload as unload_cartridge

    cartridge_id, _, version = cartridge.partition("@")
    with connect(address) as connection:
        gone = unload_cartridge(connection, cartridge_id, version or None, space)
    if json:
        print_json({"space": space, "id": cartridge_id, "versions": gone})
    else:
        print_line(f"[green]✓[/] [bold]{escape_text(cartridge_id)}[/] {escape_text(', '.join(gone))}: unloaded")


def _address(given: str | None, settings: Settings) -> str:
    address = store_address(given, settings)
    if not address:
        raise InvalidArgumentError("No database is named. Give --to or --from, or set VROM_STORE.")
    return address


def _folders(what: str, settings: Settings) -> list[Path]:
    """Packages that an argument means. Raises `NotFoundError` or `PackageNotFoundError` if it means none."""
    folder = Path(what).expanduser()
    if is_package(folder) or folder.is_dir():
        return packages_in(folder)
    from vrom.cli.options import library_of

    return [library_of(settings).mount(what).folder]


def _ensure_sound(folder: Path, settings: Settings) -> None:
    """Raise `PackageError` if a package has errors."""
    errors = [one for one in findings_of(folder, settings.limits) if one.severity == "error"]
    if errors:
        raise PackageError(
            f"{folder}: {errors[0].file}, {errors[0].where}: found {errors[0].found}, expected {errors[0].expected}. "
            "`vrom check DIR` lists everything. Nothing of it was loaded."
        )
