"""`vrom list` and `vrom info`: what is mounted."""

from typing import Annotated

import typer

from vrom.cli.console import console, print_json
from vrom.cli.options import Cartridges, Json, open_library
from vrom.errors import NotFoundError


def list_mounted(cartridges: Cartridges = None, json: Json = False) -> None:
    """List the mounted cartridges."""
    from vrom.answers.listing import list_cartridges

    library = open_library(cartridges)
    answer = list_cartridges(library)
    if json:
        print_json(answer.model_dump())
        return
    if not answer.cartridges:
        folders = "\n".join(f"  {root}" for root in library.roots)
        console().print(
            f"No cartridge in any of\n{folders}\nMake one: [bold]vrom build DIR --id NAME[/]", highlight=False
        )
        return
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="dim")
    for name in ("id", "version", "chunks", "tokens", "built", "description"):
        table.add_column(name, justify="right" if name in {"chunks", "tokens"} else "left", no_wrap=name == "id")
    for entry in answer.cartridges:
        about = (
            escape(entry.description) if entry.state == "ready" else f"[red]{entry.state}: {escape(entry.problem)}[/]"
        )
        row = (f"{entry.chunks:,}", f"{entry.tokens:,}", entry.created_at[:10])
        table.add_row(f"[bold]{escape(entry.id)}[/]", escape(entry.version), *row, about)
    console().print(table)


def info(
    cartridge: Annotated[str, typer.Argument(metavar="ID")], cartridges: Cartridges = None, json: Json = False
) -> None:
    """Show what a cartridge holds and how it was made."""
    library = open_library(cartridges)
    mounts = {mount.id: mount for mount in library.mounts()}
    mount = mounts.get(cartridge.removeprefix("hub://"))
    if mount is None:
        raise NotFoundError("cartridge", cartridge, mounts)
    opened = mount.open(library.cache)
    manifest = opened.manifest.model_dump(mode="json")
    documents = {name: len(ids) for name, ids in opened.documents.items()}
    if json:
        print_json({**manifest, "folder": str(mount.folder), "state": mount.state, "documents": documents})
        return
    from rich.markup import escape
    from rich.table import Table

    spec, tokens = opened.manifest.embedding_spec, opened.manifest.total_tokens
    facts = {
        "folder": str(mount.folder),
        "source": opened.manifest.source,
        "made": opened.manifest.created_at,
        "holds": f"{len(documents):,} documents, {len(opened.chunks):,} chunks, {tokens:,} tokens",
        "model": f"{spec.model}, {spec.quantization}, {spec.dimensions} dimensions",
        "state": mount.state if not mount.problem else f"{mount.state}: {mount.problem}",
    }
    console().print(f"[bold]{escape(opened.id)}[/] {escape(opened.version)}  {escape(opened.manifest.description)}\n")
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="dim")
    table.add_column(overflow="fold")
    for name, value in facts.items():
        table.add_row(name, escape(value))
    console().print(table)
