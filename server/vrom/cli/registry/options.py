"""Options, progress bar and output that the registry commands share."""

import contextlib
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from vrom.cli.console import console, escaped, say, size_shown
from vrom.settings import read_settings

if TYPE_CHECKING:
    from vrom.network.download import Progress
    from vrom.registry.client import RegistryClient
    from vrom.registry.install import Pulled

Registries = Annotated[
    list[str] | None,
    typer.Option(
        "--registry", metavar="URL", help="A registry, or a folder with one; may be repeated, asked in order."
    ),
]
Headers = Annotated[
    list[str] | None, typer.Option("--header", metavar="'NAME: VALUE'", help="Send this header; may be repeated.")
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
        headers=_parsed(headers or []),
        api_key=settings.api_key,
        refresh=refresh,
    )


def print_notes(client: "RegistryClient") -> None:
    """Print the notes of the registries that were asked."""
    for note in client.notes:
        say(f"[yellow]![/] {escaped(note)}")


def _parsed(headers: list[str]) -> dict[str, str]:
    parsed = {}
    for header in headers:
        name, colon, value = header.partition(":")
        if not colon or not name.strip().isascii() or not name.strip() or any(c in header for c in "\r\n\0"):
            raise typer.BadParameter(f"{name[:40]!r} is no header, expected 'Name: value'.", param_hint="--header")
        parsed[name.strip()] = value.strip()
    return parsed


@contextlib.contextmanager
def progress_bar() -> "Iterator[Progress]":
    """A bar for people, on stderr, that shows what a download reports."""
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn

    columns = (
        SpinnerColumn(), TextColumn("{task.description:<20}"), BarColumn(), TextColumn("[green]{task.fields[size]}[/]"),
        TimeRemainingColumn(),
    )  # fmt: skip
    with Progress(*columns, console=console(), transient=True, disable=not console().is_terminal) as bar:
        task = bar.add_task("asking", total=None, size="")

        def show(what: str, done: int, total: int | None) -> None:
            size = " of ".join(size_shown(count) for count in (done, total) if count)
            bar.update(task, description=what, completed=done, total=total or None, size=size)

        yield show


def report(pulled: "Pulled", *, quiet: bool = False) -> None:
    """Tell people what has become of one package, unless a machine has asked."""
    if quiet:
        return
    package = pulled.package
    name = f"[bold]{escaped(package.id)}[/] {escaped(package.version)}"
    if pulled.changed:
        say(f"[green]✓[/] {name}: {size_shown(package.size)} in {escaped(str(package.folder))}")
    else:
        say(f"[green]✓[/] {name} is here already")


def as_document(pulled: "Pulled") -> dict[str, Any]:
    """One package for machines."""
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
