"""`vrom pack`: write companions, with which a package of any size opens in milliseconds."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vrom.cli.cartridges.check import packages_in
from vrom.cli.console import console, escape_text, format_size, print_json, print_line
from vrom.cli.options import Json
from vrom.settings import read_settings

if TYPE_CHECKING:
    from vrom.format.models import Manifest


def pack(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A package, or a folder of packages.")],
    export_json: Annotated[
        Path | None,
        typer.Option(
            metavar="OUT",
            help="Instead, export the package DIR to the folder OUT as plain JSON.",
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Add binary companions to packages, so that they open in milliseconds.

    Companions hold texts, vectors and indexes for memory mapping. index.json and chunks.json stay unchanged, and
    other readers of the format ignore the added files.
    """
    if export_json is not None:
        manifest = _export(folder, export_json)
        written = [(export_json, manifest)]
    else:
        written = [(package, _pack(package)) for package in packages_in(folder)]
    for where, manifest in written:
        size = format_size(sum(_files(where).values()))
        print_line(
            f"[green]✓[/] {manifest.vrom_id} {escape_text(manifest.version)}: {size} in {escape_text(str(where))}"
        )
    if json:
        print_json(
            {"packages": [{"folder": str(where), "id": m.vrom_id, "files": _files(where)} for where, m in written]}
        )


def _pack(folder: Path) -> "Manifest":
    from vrom.index.pack.write import pack as make

    with console().status(f"{folder.name}: index.json") as status:
        limits = read_settings().limits
        return make(folder, limits, lambda part: status.update(f"{folder.name}: {part}"))


def _export(folder: Path, out: Path) -> "Manifest":
    from vrom.builder.graph.hnsw import build_graph
    from vrom.format.manifest import read_manifest
    from vrom.format.write import ensure_replaceable, write_package
    from vrom.index.cartridge import Cartridge

    ensure_replaceable(out)
    opened = Cartridge.open(folder, limits=read_settings().limits)
    with console().status(f"{folder.name}: graph"):
        graph = build_graph(opened.unit_vectors, opened.manifest.hnsw_config)
        write_package(out, opened.manifest, opened.vectors, opened.chunks, graph)
    return read_manifest(out)


def _files(folder: Path) -> dict[str, int]:
    """Sizes of a package's files in bytes, by name."""
    return {file.name: file.stat().st_size for file in sorted(folder.iterdir())}
