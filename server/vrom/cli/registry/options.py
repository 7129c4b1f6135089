"""What the commands around registries share: their options, and what these make of the settings."""

import contextlib
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any

import typer

from vrom.cli.console import console, escaped, say, size_shown
from vrom.settings import Settings, read_settings

if TYPE_CHECKING:
    from vrom.network.client import Network
    from vrom.network.download import Downloads, Progress
    from vrom.registry.install import Pulled
    from vrom.registry.installed import PackageStore
    from vrom.registry.registry import Registry
    from vrom.registry.trust import KnownKeys

Registries = Annotated[
    list[str] | None,
    typer.Option(
        "--registry", metavar="URL", help="A registry, or a folder with one; may be repeated, asked in order."
    ),
]
Headers = Annotated[
    list[str] | None, typer.Option("--header", metavar="'NAME: VALUE'", help="Send this header; may be repeated.")
]


@dataclass(frozen=True)
class Hub:
    """Registries, downloads and the store, as the settings and the command line say."""

    settings: Settings
    given: Sequence[str]
    """Registries that the user names; empty for the official one."""
    headers: dict[str, str]
    addresses: Sequence[str]
    """Single packages on the web that the user names: they get the headers, and not the registries' key."""
    refresh: bool

    @cached_property
    def network(self) -> "Network":
        """Requests with the user's credentials."""
        from vrom.network.addresses import origin_of
        from vrom.network.client import Network

        credentials = {origin_of(address): self.headers for address in (*self.addresses, *self._registry_addresses)}
        if self.settings.api_key:
            for address in self.given:
                credentials[origin_of(address)] = {"x-api-key": self.settings.api_key, **self.headers}
        return Network(credentials)

    @cached_property
    def downloads(self) -> "Downloads":
        """Downloads, and the folder of what has come so far."""
        from vrom.network.download import Downloads
        from vrom.registry.offers.files import sweep

        folder = self.settings.cache / "downloads"
        sweep(folder)
        return Downloads(self.network, folder, self.settings.max_download)

    @cached_property
    def store(self) -> "PackageStore":
        """Where packages are pulled to."""
        from vrom.registry.installed import PackageStore

        return PackageStore(self.settings.vroms, self.settings.limits)

    @cached_property
    def keys(self) -> "KnownKeys":
        """The keys of registries."""
        from vrom.registry.trust import KnownKeys

        return KnownKeys(self.settings.home / "trust.json")

    @cached_property
    def registries(self) -> "list[Registry]":
        """The registries, in the order in which they are asked."""
        return [self.registry(address) for address in self._registry_addresses]

    def registry(self, address: str) -> "Registry":
        """One registry, which may be none of those named."""
        from vrom.registry.registry import Registry, official_address

        name = hashlib.sha256(address.encode()).hexdigest()[:16]
        own = self.settings.home / "registries" / f"{name}.json"
        copy = self.settings.home / "registry.json" if address == official_address() else own
        registry = Registry(address, self.network, copy, self.keys, refresh=self.refresh)
        self._asked.append(registry)
        return registry

    def known_registry(self, address: str) -> "Registry":
        """The registry at an address: one of those named, or another."""
        known = [registry for registry in self.registries if registry.address == address]
        return known[0] if known else self.registry(address)

    @cached_property
    def _asked(self) -> "list[Registry]":
        return []

    def tell_notes(self) -> None:
        """Print what the registries that were asked have to say."""
        for registry in self._asked:
            if registry.note:
                say(f"[yellow]![/] {escaped(registry.note)}")

    @property
    def _registry_addresses(self) -> Sequence[str]:
        from vrom.registry.registry import official_address

        return self.given or [official_address()]


def open_hub(
    registries: list[str] | None = None,
    headers: list[str] | None = None,
    *,
    addresses: Sequence[str] = (),
    refresh: bool = False,
) -> Hub:
    """What the command line and the settings say, the command line first."""
    settings = read_settings()
    return Hub(settings, registries or settings.registries, _parsed(headers or []), addresses, refresh)


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
