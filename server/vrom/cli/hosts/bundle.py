"""`vrom bundle`: write an MCP bundle for hosts, and the entry for the MCP registry."""

import asyncio
import contextlib
import os
from pathlib import Path
from typing import Annotated, Any

import typer

from vrom.cli.console import escaped, say, size_shown
from vrom.errors import ConfigurationError, InvalidArgumentError
from vrom.settings import read_settings

app = typer.Typer(help="Make a file that hosts install, or the entry for the MCP registry.", no_args_is_help=True)


@app.command()
def mcpb(
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="By default vrom-VERSION.mcpb.")] = None,
    cartridges: Annotated[
        list[Path] | None, typer.Option(metavar="DIR", help="A package, or a folder of packages, to ship with it.")
    ] = None,
) -> None:
    """Make an MCP bundle (.mcpb) of this server, for Claude Desktop and others that install one with a click."""
    from vrom import __version__
    from vrom.cli.cartridges.check import packages_in
    from vrom.hosts.mcpb import bundle_files, pack

    packages = [package for folder in cartridges or () for package in packages_in(folder)]
    file = out or Path(f"vrom-{__version__}.mcpb")
    bundle = pack(bundle_files(_tools(), packages))
    _write(file, bundle)
    say(f"[green]✓[/] {escaped(str(file))}: {size_shown(len(bundle))}")
    say("  [dim]Open it with Claude Desktop, or drag it into Settings → Extensions.[/]")


@app.command("server-json")
def server_json(
    name: Annotated[str, typer.Option(metavar="NAMESPACE/NAME", help="A namespace that you own: io.github.you/vrom.")],
    repository: Annotated[str, typer.Option(metavar="URL", help="Where the source is.")] = "",
    out: Annotated[Path, typer.Option(metavar="FILE")] = Path("server.json"),
) -> None:
    """Make server.json, the entry for the MCP registry."""
    import json

    from vrom.hosts.server_json import server_document

    try:
        document = server_document(name, repository)
    except InvalidArgumentError as error:
        raise typer.BadParameter(str(error)) from error
    _write(out, (json.dumps(document, indent=2) + "\n").encode())
    say(f"[green]✓[/] {escaped(str(out))}")
    say(f"  [dim]The README of the published package must hold[/] mcp-name: {escaped(name)}")
    say("  [dim]Then:[/] mcp-publisher validate && mcp-publisher publish")


def _tools() -> list[dict[str, str]]:
    """Names of the server's tools, with the first sentence of their descriptions."""
    from vrom.app.server import create_server
    from vrom.library.library import Library

    settings = read_settings()
    server: Any = create_server(Library((), cache=settings.cache, models=settings.models))
    tools = asyncio.run(server.list_tools())
    return [
        {"name": tool.name, "description": tool.description.removesuffix(".").partition(". ")[0] + "."}
        for tool in tools
    ]


def _write(file: Path, content: bytes) -> None:
    """Write a file atomically. Raises `ConfigurationError` if that fails."""
    partial = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        partial.write_bytes(content)
        partial.replace(file)
    except OSError as error:
        with contextlib.suppress(OSError):
            partial.unlink()
        raise ConfigurationError(f"{file} can't be written ({error.strerror}). Name another with --out.") from error
