"""`vrom token`: manage bearer tokens of HTTP clients."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from vrom.cli.console import console, print_json
from vrom.cli.options import Json
from vrom.settings import read_settings

if TYPE_CHECKING:
    from vrom.app.http.bearer_tokens import KnownTokens

app = typer.Typer(help="Bearer tokens of clients over HTTP.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(metavar="NAME", help="Whom or what the token is for.")]


@app.command()
def new(name: Name, json: Json = False) -> None:
    """Make a token and print it. It is shown this once: only its hash is kept."""
    tokens = _tokens()
    token = tokens.add(name)
    if json:
        print_json({"name": name, "token": token})
        return
    sys.stdout.write(f"{token}\n")
    console().print(
        f"Clients send it as the header [bold]Authorization: Bearer TOKEN[/]. Its hash is in {tokens.file}."
    )


@app.command("list")
def list_tokens(json: Json = False) -> None:
    """List the names of the tokens that are accepted."""
    names = [token.name for token in _tokens().all()]
    if json:
        print_json({"tokens": names})
    elif names:
        sys.stdout.write("".join(f"{name}\n" for name in names))
    else:
        console().print("There is no token. `vrom token new NAME` makes one.")


@app.command()
def remove(name: Name) -> None:
    """Forget a token: a running server refuses it from now on."""
    _tokens().remove(name)


def _tokens() -> "KnownTokens":
    from vrom.app.http.bearer_tokens import KnownTokens, parse_tokens

    settings = read_settings()
    return KnownTokens(settings.tokens, parse_tokens(settings.token_list, "VROM_TOKENS"))
