"""`vrom key`: the key to sign a registry with, and the keys known of others'."""

from pathlib import Path
from typing import Annotated

import typer

from vrom.cli.console import console, escaped, print_json, say
from vrom.cli.options import Json
from vrom.cli.registry.options import open_client
from vrom.settings import read_settings

app = typer.Typer(help="Keys: your own to sign registries with, and those of registries.", no_args_is_help=True)

KeyFile = Annotated[
    Path | None, typer.Option("--key", metavar="FILE", help="The private key; by default the one of `vrom key new`.")
]


@app.command()
def new(
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Where the private key goes.")] = None,
    json: Json = False,
) -> None:
    """Make a key to sign registries with. Keep the file to yourself, and a copy of it."""
    from vrom.registry.keys.signing import new_key

    file = key_file(out)
    public = new_key(file)
    say(f"[green]✓[/] private key: {escaped(str(file))}\n[green]✓[/] public key: [bold]{public}[/]")
    if json:
        print_json({"file": str(file), "key": public})


@app.command("show")
def show(key: KeyFile = None, json: Json = False) -> None:
    """Show the public half of your key, for others to compare."""
    from vrom.registry.keys.signing import public_text, read_key

    file = key_file(key)
    public = public_text(read_key(file))
    say(f"{escaped(str(file))}: [bold]{public}[/]")
    if json:
        print_json({"file": str(file), "key": public})


@app.command("list")
def list_known(json: Json = False) -> None:
    """List the keys that registries had when they were first used."""
    known = open_client().keys.all()
    if json:
        print_json([{"registry": address, **one.model_dump()} for address, one in known.items()])
        return
    for address, one in known.items():
        console().print(f"{escaped(address)}  [bold]{escaped(one.key)}[/]", soft_wrap=True)
    if not known:
        console().print("No registry's key is known yet.")


@app.command()
def trust(
    registry: Annotated[str, typer.Argument(metavar="URL")], key: Annotated[str, typer.Argument(metavar="KEY")]
) -> None:
    """Expect this public key of a registry from now on."""
    open_client().keys.trust(registry, key)
    say(f"[green]✓[/] {escaped(registry)}: {escaped(key)}")


@app.command()
def forget(registry: Annotated[str, typer.Argument(metavar="URL")]) -> None:
    """Forget the key of a registry: the next use takes whichever it has then."""
    from vrom.errors import NotFoundError

    keys = open_client().keys
    if not keys.forget(registry):
        raise NotFoundError("known key of the registry", registry, keys.all())
    say(f"[green]✓[/] {escaped(registry)} has no known key any more")


def key_file(given: Path | None) -> Path:
    """The file of the user's own private key."""
    return (given or read_settings().keys / "publish.pem").expanduser()
