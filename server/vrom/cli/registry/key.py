"""`vrom key`: the user's own signing key, and the trusted keys of registries."""

from pathlib import Path
from typing import Annotated

import typer

from vrom.cli.console import console, escape_text, print_json, print_line
from vrom.cli.options import Json
from vrom.cli.registry.options import open_client
from vrom.settings import read_settings

app = typer.Typer(help="Manage your signing key and the trusted keys of registries.", no_args_is_help=True)

KeyFile = Annotated[
    Path | None,
    typer.Option(
        "--key",
        metavar="FILE",
        help=r"Private key file.  \[default: ~/.vrom/keys/publish.pem]",
    ),
]


@app.command()
def new(
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help=r"File for the private key.  \[default: ~/.vrom/keys/publish.pem]",
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Create a key for signing registries. Keep the file private, and back it up."""
    from vrom.registry.keys.signing import new_key

    file = key_file(out)
    public = new_key(file)
    print_line(f"[green]✓[/] private key: {escape_text(str(file))}\n[green]✓[/] public key: [bold]{public}[/]")
    if json:
        print_json({"file": str(file), "key": public})


@app.command("show")
def show(key: KeyFile = None, json: Json = False) -> None:
    """Show your public key, for others to compare."""
    from vrom.registry.keys.signing import public_text, read_key

    file = key_file(key)
    public = public_text(read_key(file))
    print_line(f"{escape_text(str(file))}: [bold]{public}[/]")
    if json:
        print_json({"file": str(file), "key": public})


@app.command("list")
def list_known(json: Json = False) -> None:
    """List the trusted keys of registries."""
    known = open_client().keys.all()
    if json:
        print_json([{"registry": address, **one.model_dump()} for address, one in known.items()])
        return
    for address, one in known.items():
        console().print(f"{escape_text(address)}  [bold]{escape_text(one.key)}[/]", soft_wrap=True)
    if not known:
        console().print("No registry keys are stored yet.")


@app.command()
def trust(
    registry: Annotated[str, typer.Argument(metavar="URL")], key: Annotated[str, typer.Argument(metavar="KEY")]
) -> None:
    """Trust this public key for a registry from now on."""
    open_client().keys.trust(registry, key)
    print_line(f"[green]✓[/] {escape_text(registry)}: {escape_text(key)}")


@app.command()
def forget(registry: Annotated[str, typer.Argument(metavar="URL")]) -> None:
    """Forget the key of a registry; the next use trusts the key it then has."""
    from vrom.errors import NotFoundError

    keys = open_client().keys
    if not keys.forget(registry):
        raise NotFoundError("stored key of the registry", registry, keys.all())
    print_line(f"[green]✓[/] {escape_text(registry)}: key forgotten")


def key_file(given: Path | None) -> Path:
    """The file of the user's own private key."""
    return (given or read_settings().keys / "publish.pem").expanduser()
