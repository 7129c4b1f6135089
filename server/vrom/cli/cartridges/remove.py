"""`vrom remove` and `vrom du`: remove packages, and show disk usage."""

from typing import Annotated, Any

import typer

from vrom.cli.console import console, escape_text, format_size, print_json, print_line
from vrom.cli.options import Json
from vrom.errors import NotFoundError
from vrom.format.versions import parse_reference
from vrom.settings import read_settings


def remove(
    cartridges: Annotated[
        list[str],
        typer.Argument(metavar="ID[@VERSION]", help="Cartridges to remove; all versions unless one is given."),
    ],
    json: Json = False,
) -> None:
    """Remove installed cartridges."""
    from vrom.registry.installed import PackageStore

    store = PackageStore(read_settings().vroms)
    removed: list[dict[str, Any]] = []
    for name in cartridges:
        reference = parse_reference(name)
        with store.lock(reference.id):
            packages = store.installed(reference.id)
            if reference.wanted and packages:
                packages = [store.find(reference)]
            for package in packages:
                store.remove(package)
                removed.append({"id": package.id, "version": package.version, "folder": str(package.folder)})
            if not packages and not store.remove_unreadable(reference.id):
                raise NotFoundError("cartridge", name, [package.id for package in store.installed()])
            if not packages:
                removed.append({"id": reference.id, "version": "", "folder": str(store.folder / reference.id)})
    for entry in removed:
        print_line(f"[green]✓[/] removed [bold]{escape_text(entry['id'])}[/] {escape_text(entry['version'])}")
    if json:
        print_json(removed)


def du(json: Json = False) -> None:
    """Show disk usage of cartridges, models and caches."""
    from vrom.registry.installed import PackageStore, size_of

    settings = read_settings()
    packages = [
        {"id": package.id, "version": package.version, "folder": str(package.folder), "bytes": package.size}
        for package in PackageStore(settings.vroms).installed()
    ]
    downloads = size_of(settings.cache / "downloads")
    sizes = {
        "models": size_of(settings.models),
        "cache": size_of(settings.cache) - downloads,
        "downloads": downloads,
    }
    total = sum(int(str(package["bytes"])) for package in packages) + sum(sizes.values())
    if json:
        print_json({"home": str(settings.home), "cartridges": packages, **sizes, "total": total})
        return
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column(f"in {escape_text(str(settings.home))}")
    table.add_column("size", justify="right")
    for package in packages:
        name = f"[bold]{escape_text(str(package['id']))}[/] {escape_text(str(package['version']))}"
        table.add_row(name, format_size(int(str(package["bytes"]))))
    for name, size in {**sizes, "total": total}.items():
        table.add_row(f"[dim]{name}[/]", format_size(size))
    console().print(table)
