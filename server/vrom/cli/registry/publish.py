"""`vrom publish`: a package into a static registry, or onto the hub as a dataset."""

from pathlib import Path
from typing import Annotated

import typer

from vrom.cli.console import escaped, print_json, say
from vrom.cli.options import Json
from vrom.cli.registry.key import KeyFile, key_file
from vrom.settings import read_settings


def publish(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A package.")],
    registry_dir: Annotated[Path | None, typer.Option(metavar="DIR", help="The folder of a static registry.")] = None,
    hub: Annotated[str, typer.Option("--hub", metavar="OWNER/NAME", help="A dataset on the Hugging Face Hub.")] = "",
    base_url: Annotated[str, typer.Option(metavar="URL", help="Where the registry's folder is served.")] = "",
    tag: Annotated[list[str] | None, typer.Option(help="A word to find it by; may be repeated.")] = None,
    key: KeyFile = None,
    unsigned: Annotated[bool, typer.Option("--unsigned", help="Don't sign, even if there is a key.")] = False,
    change_key: Annotated[bool, typer.Option("--change-key", help="Go on with another key than before.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace a version that is published.")] = False,
    private: Annotated[bool, typer.Option("--private", help="Make the dataset a private one.")] = False,
    json: Json = False,
) -> None:
    """Publish a package for others to pull."""
    if (registry_dir is None) == (not hub):
        raise typer.BadParameter("Say where to: --registry-dir DIR or --hub OWNER/NAME.")
    limits = read_settings().limits
    if hub:
        from vrom.registry.publish.upload import upload

        address = upload(folder, hub, private=private, limits=limits)
        say(f"[green]✓[/] published: {escaped(address)}\nPull it: [bold]vrom pull hf://datasets/{escaped(hub)}[/]")
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
    what = "published" if done.changed else "is published already"
    say(f"[green]✓[/] [bold]{escaped(done.id)}[/] {escaped(done.version)} {what} in {escaped(str(done.document))}")
    if not done.key:
        say("[yellow]![/] It is not signed. `vrom key new` makes a key, and publishing again signs it.")
    if not done.absolute:
        say("[yellow]![/] Its addresses are relative, which only vrom understands: name --base-url for others.")
    if json:
        print_json({
            "id": done.id, "version": done.version, "document": str(done.document), "changed": done.changed,
            "key": done.key,
        })  # fmt: skip
