"""`vrom publish`: publish a package to a static registry, or as a dataset on the Hugging Face Hub."""

from pathlib import Path
from typing import Annotated

import typer

from vrom.cli.cartridges.check import ensure_package
from vrom.cli.console import escape_text, print_json, print_line
from vrom.cli.options import Json
from vrom.cli.registry.key import KeyFile, key_file
from vrom.settings import read_settings


def publish(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The package folder.")],
    registry_dir: Annotated[Path | None, typer.Option(metavar="DIR", help="Folder of a static registry.")] = None,
    hub: Annotated[str, typer.Option("--hub", metavar="OWNER/NAME", help="Dataset on the Hugging Face Hub.")] = "",
    base_url: Annotated[str, typer.Option(metavar="URL", help="URL at which the registry folder is served.")] = "",
    tag: Annotated[list[str] | None, typer.Option(help="Tag of the cartridge; repeatable.")] = None,
    key: KeyFile = None,
    unsigned: Annotated[bool, typer.Option("--unsigned", help="Don't sign, even if a key exists.")] = False,
    change_key: Annotated[
        bool, typer.Option("--change-key", help="Allow signing with a different key than before.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace a published version.")] = False,
    private: Annotated[bool, typer.Option("--private", help="Create the dataset as private.")] = False,
    json: Json = False,
) -> None:
    """Publish a package for others to pull."""
    if (registry_dir is None) == (not hub):
        raise typer.BadParameter("Expected either --registry-dir DIR or --hub OWNER/NAME.")
    limits = read_settings().limits
    ensure_package(folder)
    if hub:
        from vrom.registry.publish.upload import upload

        address = upload(folder, hub, private=private, limits=limits)
        print_line(
            f"[green]✓[/] published: {escape_text(address)}\nPull it: [bold]vrom pull hf://datasets/{escape_text(hub)}[/]"
        )
        if json:
            print_json({"commit": address, "address": f"hf://datasets/{hub}"})
        return
    from vrom.registry.keys.signing import read_key
    from vrom.registry.publish.publish import publish as publish_package

    file = key_file(key)
    signing = read_key(file) if not unsigned and (key or file.exists()) else None
    done = publish_package(
        folder, registry_dir or Path(), key=signing, base_url=base_url, tags=tag, force=force, change_key=change_key,
        limits=limits,
    )  # fmt: skip
    what = "published" if done.changed else "already published"
    print_line(
        f"[green]✓[/] [bold]{escape_text(done.id)}[/] {escape_text(done.version)} {what} in "
        f"{escape_text(str(done.document))}"
    )
    if not done.key:
        print_line("[yellow]![/] The registry is not signed. Create a key with `vrom key new` and publish again.")
    if not done.absolute:
        print_line("[yellow]![/] File URLs are relative, which only vrom supports. For other clients, set --base-url.")
    if json:
        print_json({
            "id": done.id, "version": done.version, "document": str(done.document), "changed": done.changed,
            "key": done.key,
        })  # fmt: skip
