"""Options, progress bar and output that the registry commands share."""

import contextlib
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from vrom.cli.console import console, escape_text, format_size, print_line
from vrom.settings import read_settings

if TYPE_CHECKING:
    from vrom.network.download import Progress
    from vrom.registry.client import RegistryClient
    from vrom.registry.install import Pulled

Registries = Annotated[
    list[str] | None,
    typer.Option("--registry", metavar="URL", help="URL or folder of a registry; repeatable, tried in order."),
]
Headers = Annotated[
    list[str] | None, typer.Option("--header", metavar="'NAME: VALUE'", help="HTTP header to send; repeatable.")
]


def open_client(
    registries: list[str] | None = None,
    headers: list[str] | None = None,
    *,
    addresses: Sequence[str] = (),
    refresh: bool = False,
) -> "RegistryClient":
    """Create a client from the settings; registries of the command line replace theirs.

    `addresses` are web addresses of single packages. Raises `typer.BadParameter` for an invalid header.
    """
    from vrom.registry.client import RegistryClient

    settings = read_settings()
    return RegistryClient(
        home=settings.home,
        cache=settings.cache,
        vroms=settings.vroms,
        max_download=settings.max_download,
        limits=settings.limits,
        registry_addresses=registries or settings.registries,
        package_addresses=addresses,
        headers=_parse_headers(headers or []),
        api_key=settings.api_key,
        refresh=refresh,
    )


def print_notes(client: "RegistryClient") -> None:
    """Print the notes of the registries that were asked."""
    for note in client.notes:
        print_line(f"[yellow]![/] {escape_text(note)}")


def _parse_headers(headers: list[str]) -> dict[str, str]:
    parsed = {}
    for header in headers:
        name, colon, value = header.partition(":")
        if not colon or not name.strip().isascii() or not name.strip() or any(c in header for c in "\r\n\0"):
            raise typer.BadParameter(f"{name[:40]!r} is not a header. Expected 'Name: value'.", param_hint="--header")
        parsed[name.strip()] = value.strip()
    return parsed


@contextlib.contextmanager
def progress_bar() -> "Iterator[Progress]":
    """A progress bar on stderr; yields the function that updates it."""
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn

    columns = (
        SpinnerColumn(), TextColumn("{task.description:<20}"), BarColumn(), TextColumn("[green]{task.fields[size]}[/]"),
        TimeRemainingColumn(),
    )  # fmt: skip
    with Progress(*columns, console=console(), transient=True, disable=not console().is_terminal) as bar:
        task = bar.add_task("resolving", total=None, size="")

        def show(what: str, done: int, total: int | None) -> None:
            size = " of ".join(format_size(count) for count in (done, total) if count)
            bar.update(task, description=what, completed=done, total=total or None, size=size)

        yield show


def print_pulled(pulled: "Pulled", *, quiet: bool = False) -> None:
    """Print the result for one package, unless `quiet`."""
    if quiet:
        return
    package = pulled.package
    name = f"[bold]{escape_text(package.id)}[/] {escape_text(package.version)}"
    if pulled.changed:
        print_line(f"[green]✓[/] {name}: {format_size(package.size)} in {escape_text(str(package.folder))}")
    else:
        print_line(f"[green]✓[/] {name} is already installed")


def as_document(pulled: "Pulled") -> dict[str, Any]:
    """The result for one package as a JSON object."""
    package = pulled.package
    origin = package.record.origin.model_dump() if package.record else None
    return {
        "id": package.id,
        "version": package.version,
        "folder": str(package.folder),
        "changed": pulled.changed,
        "origin": origin,
        "files": {role: digest.model_dump() for role, digest in package.record.files.items()} if package.record else {},
    }
