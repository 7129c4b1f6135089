"""`vrom list` and `vrom info`: mounted cartridges, and those in registries."""

from typing import TYPE_CHECKING, Annotated

import typer

from vrom.cli.cartridges.stored import list_stored
from vrom.cli.console import console, escape_text, format_count, format_size, print_json, print_line
from vrom.cli.options import Cartridges, Json, Store, open_library, store_address
from vrom.cli.registry.options import Headers, Registries, open_client, print_notes
from vrom.format.versions import describe_version
from vrom.settings import read_settings

if TYPE_CHECKING:
    from vrom.library.library import Library
    from vrom.registry.client import RegistryClient
    from vrom.registry.pulled_json import Record
    from vrom.registry.registry_json import Release


def list_mounted(
    cartridges: Cartridges = None,
    remote: Annotated[bool, typer.Option("--remote", help="List the cartridges in registries instead.")] = False,
    refresh: Annotated[
        bool, typer.Option("--refresh", help="Like --remote, but ignore stored copies of registry documents.")
    ] = False,
    registry: Registries = None,
    header: Headers = None,
    store: Store = None,
    json: Json = False,
) -> None:
    """List the mounted cartridges, with --remote those in registries, or with --store those in a database."""
    from vrom.answers.cartridges.listing import list_cartridges

    if store:
        list_stored(store_address(store, read_settings()), json=json)
        return

    if remote or refresh or registry:
        list_remote(open_client(registry, header, refresh=refresh), json=json)
        return
    library = open_library(cartridges)
    answer = list_cartridges(library, most=None)
    others = _other_versions(library)
    if json:
        print_json({**answer.model_dump(), "other_versions": others})
        return
    if not answer.cartridges:
        folders = "\n".join(
            f"  {escape_text(str(root))}{'' if root.is_dir() else ' (does not exist)'}" for root in library.folders
        )
        print_line(f"No cartridges found in:\n{folders}\nBuild one: [bold]vrom build DIR --id ID[/]")
        return
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="dim")
    for name in ("id", "version", "chunks", "tokens", "built", "description"):
        table.add_column(name, justify="right" if name in {"chunks", "tokens"} else "left", no_wrap=name == "id")
    for entry in answer.cartridges:
        state = f"[red]{entry.state}: {escape_text(entry.problem)}[/]"
        about = escape_text(_without_name(entry.id, entry.description)) if entry.state == "ready" else state
        row = (f"{entry.chunks:,}", f"{entry.tokens:,}", escape_text(entry.created_at[:10]))
        table.add_row(f"[bold]{escape_text(entry.id)}[/]", escape_text(entry.version), *row, about)
    console().print(table)
    if others:
        print_line(f"[dim]other versions: {escape_text(', '.join(others))}[/]")


def _without_name(cartridge_id: str, description: str) -> str:
    """A description without the name at its beginning, which stands in the first column already."""
    name = f"{cartridge_id.rpartition('.')[2]}: "
    return description[len(name) :] if description.lower().startswith(name.lower()) else description


def _other_versions(library: "Library") -> list[str]:
    """Versions that need `ID@VERSION`, without duplicates."""
    mounts = library.mounts(every_version=True)
    named = {f"{mount.id}@{mount.version}" for mount in mounts if mount.is_default}
    others = (mount.name for mount in mounts if not mount.is_default and mount.manifest)
    return [name for name in dict.fromkeys(others) if name not in named]


def list_remote(client: "RegistryClient", *, json: bool) -> None:
    """List every cartridge of the registries, with the newest installed version."""
    from rich.table import Table

    from vrom.format.versions import newest
    from vrom.registry.registry import listed

    entries = listed(client.registries)
    installed: dict[str, list[str]] = {}
    for package in client.store.installed():
        installed.setdefault(package.id, []).append(package.version)
    here = {entry.id: newest(installed.get(entry.id, [])) for entry, _ in entries}
    if json:
        keys = ("id", "name", "description", "version", "vectors", "tokens", "size_mb", "model", "tags", "official")
        print_json([
            {
                **entry.model_dump(include=set(keys)),
                "versions": list(dict.fromkeys(release.version for release in entry.releases())),
                "installed": here[entry.id],
                "registry": registry.address,
            }
            for entry, registry in entries
        ])  # fmt: skip
    table = Table(box=None, pad_edge=False, header_style="dim")
    for name in ("id", "version", "installed", "chunks", "size", "description"):
        table.add_column(name, justify="right" if name in {"chunks", "size"} else "left", no_wrap=name == "id")
    for entry, _ in entries:
        numbers = (f"{entry.vectors:,}" if entry.vectors else "", _format_listed_size(entry))
        versions = (escape_text(entry.version), escape_text(here[entry.id] or ""))
        table.add_row(f"[bold]{entry.id}[/]", *versions, *numbers, escape_text(entry.description or ""))
    if entries and not json:
        console().print(table)
    elif not json:
        console().print("The registries list no cartridges.")
    print_notes(client)


def info(
    cartridge: Annotated[str, typer.Argument(metavar="ID")],
    cartridges: Cartridges = None,
    remote: Annotated[bool, typer.Option("--remote", help="Show its entry in a registry instead.")] = False,
    registry: Registries = None,
    header: Headers = None,
    json: Json = False,
) -> None:
    """Show the contents and origin of a cartridge."""
    from vrom.registry.pulled_json import read_record

    if remote or registry:
        show_remote(open_client(registry, header), cartridge, json=json)
        return
    library = open_library(cartridges)
    mount = library.mount(cartridge)
    opened = mount.open(library.cache, library.limits)
    manifest = (mount.described or opened.manifest).model_dump(mode="json")
    documents = {name: len(ids) for name, ids in opened.documents.items()}
    record = read_record(mount.folder)
    if json:
        about = {"folder": str(mount.folder), "state": mount.state, "documents": documents}
        print_json({**manifest, **about, "pulled": record.model_dump() if record else None})
        return
    spec = opened.manifest.embedding_spec
    holds = {"document": len(documents), "chunk": opened.size, "token": opened.manifest.total_tokens}
    facts = {
        "folder": str(mount.folder),
        "origin": _format_origin(record) if record else "built on this machine",
        "source": opened.manifest.source,
        "built": opened.manifest.created_at,
        "contents": ", ".join(format_count(number, thing) for thing, number in holds.items()),
        "model": f"{spec.model}, {spec.quantization}, {spec.dimensions} dimensions",
        "state": mount.state if not mount.problem else f"{mount.state}: {mount.problem}",
    }
    named = f"[bold]{escape_text(opened.id)}[/] {escape_text(describe_version(opened.version))}"
    print_line(f"{named}  {escape_text(opened.manifest.description)}\n")
    _print_facts(facts)


def _format_origin(record: "Record") -> str:
    registry = record.origin.registry
    return f"{record.origin.address} in {registry}" if registry else record.origin.address


def show_remote(client: "RegistryClient", cartridge: str, *, json: bool) -> None:
    """Show a cartridge's entry in the first registry that lists it, and its available versions."""
    from vrom.format.versions import parse_reference
    from vrom.registry.registry import find

    found = find(parse_reference(cartridge), client.registries)
    release, document = found.release, found.registry.document
    about = release.model_dump(exclude={"versions", "compressed"})
    versions = list(document.versions(found.id))
    here = [package.version for package in client.store.installed(found.id)]
    if json:
        known = {"id": found.id, "versions": versions, "installed": here}
        print_json({**about, **known, "registry": found.registry.address, "key": found.registry.key})
        print_notes(client)
        return
    facts = {
        "registry": found.registry.address,
        "signed by": found.registry.key or "not signed",
        "versions": ", ".join(versions),
        "installed": ", ".join(here) or "none",
        "contents": ", ".join(
            format_count(number, one) for one in ("vector", "token") if isinstance(number := about.get(f"{one}s"), int)
        ),
        "size": _format_listed_size(release),
        "model": str(about.get("model") or ""),
        "tags": ", ".join(map(str, tags)) if isinstance(tags := about.get("tags"), list) else "",
    }
    described = escape_text(str(about.get("description") or ""))
    console().print(f"[bold]{escape_text(found.id)}[/] {escape_text(release.version)}  {described}\n")
    _print_facts({name: value for name, value in facts.items() if value})
    print_notes(client)


def _format_listed_size(release: "Release") -> str:
    """The size of a package listed in a registry; empty if not stated."""
    stated = getattr(release, "size_mb", None)  # for older versions this is an extra key of any type
    size = sum(digest.size for digest in release.digests.values())
    size = size or (int(stated * 1e6) if isinstance(stated, float) else 0)
    return format_size(size) if size else ""


def _print_facts(facts: dict[str, str]) -> None:
    from rich.table import Table

    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="dim")
    table.add_column(overflow="fold")
    for name, value in facts.items():
        table.add_row(name, escape_text(value))
    console().print(table)
