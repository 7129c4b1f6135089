"""`vrom remove` and `vrom du`: remove packages, and show disk usage."""

from typing import Annotated, Any

import typer

from vrom.cli.console import console, escaped, print_json, say, size_shown
from vrom.cli.options import Json
from vrom.errors import NotFoundError
from vrom.format.versions import parse_reference
from vrom.settings import read_settings


def remove(
    cartridges: Annotated[
        list[str], typer.Argument(metavar="ID[@VERSION] ...", help="Without a version, all of them.")
    ],
    json: Json = False,
) -> None:
    """Remove cartridges from the folder that they are pulled to."""
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
        say(f"[green]✓[/] removed [bold]{escaped(entry['id'])}[/] {escaped(entry['version'])}")
    if json:
        print_json(removed)


def du(json: Json = False) -> None:
    """Show how much room cartridges, models and caches take."""
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
    table.add_column(f"in {escaped(str(settings.home))}")
    table.add_column("size", justify="right")
    for package in packages:
        name = f"[bold]{escaped(str(package['id']))}[/] {escaped(str(package['version']))}"
        table.add_row(name, size_shown(int(str(package["bytes"]))))
    for name, size in {**sizes, "total": total}.items():
        table.add_row(f"[dim]{name}[/]", size_shown(size))
    console().print(table)
