"""`vrom token`: manage bearer tokens of HTTP clients."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from vrom.cli.console import console, print_json
from vrom.cli.options import Json
from vrom.settings import read_settings

if TYPE_CHECKING:
    from vrom.app.http.bearer_tokens import KnownTokens

app = typer.Typer(help="Manage bearer tokens of HTTP clients.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(metavar="NAME", help="Name of the client that uses the token.")]


@app.command()
def new(
    name: Name,
    space: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Space of a store that it sees besides the public one; repeatable."),
    ] = None,
    json: Json = False,
) -> None:
    """Create a token and print it. It is shown only once; vrom stores its hash."""
    tokens = _tokens()
    token = tokens.add(name, space or ())
    if json:
        print_json({"name": name, "token": token})
        return
    sys.stdout.write(f"{token}\n")
    console().print(
        f"Clients send it in the header [bold]Authorization: Bearer TOKEN[/]. Its hash is stored in {tokens.file}."
    )


@app.command("list")
def list_tokens(json: Json = False) -> None:
    """List the names of accepted tokens."""
    names = [token.name for token in _tokens().all()]
    if json:
        print_json({"tokens": names})
    elif names:
        sys.stdout.write("".join(f"{name}\n" for name in names))
    else:
        console().print("No tokens. Create one with `vrom token new NAME`.")


@app.command()
def remove(name: Name) -> None:
    """Remove a token. A running server rejects it at once."""
    _tokens().remove(name)


def _tokens() -> "KnownTokens":
    from vrom.app.http.bearer_tokens import KnownTokens, parse_tokens

    settings = read_settings()
    return KnownTokens(settings.tokens, parse_tokens(settings.token_list, "VROM_TOKENS"))
