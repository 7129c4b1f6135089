"""`vrom bundle`: write an MCP bundle for hosts, and the entry for the MCP registry."""

import asyncio
import contextlib
import os
from pathlib import Path
from typing import Annotated, Any

import typer

from vrom.cli.console import escape_text, format_size, print_line
from vrom.errors import ConfigurationError, InvalidArgumentError
from vrom.settings import read_settings

app = typer.Typer(help="Make an MCP bundle, or the entry for the MCP registry.", no_args_is_help=True)


@app.command()
def mcpb(
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help=r"File to write.  \[default: vrom-VERSION.mcpb]")
    ] = None,
    cartridges: Annotated[
        list[Path] | None,
        typer.Option(metavar="DIR", help="A package, or a folder of packages, to include; repeatable."),
    ] = None,
) -> None:
    """Make an MCP bundle (.mcpb) of this server, which hosts such as Claude Desktop install with a click."""
    from vrom import __version__
    from vrom.cli.cartridges.check import packages_in
    from vrom.hosts.mcpb import bundle_files, pack

    packages = [package for folder in cartridges or () for package in packages_in(folder)]
    file = out or Path(f"vrom-{__version__}.mcpb")
    bundle = pack(bundle_files(_tools(), packages))
    _write(file, bundle)
    print_line(f"[green]✓[/] {escape_text(str(file))}: {format_size(len(bundle))}")
    print_line("  [dim]Open it with Claude Desktop, or drag it into Settings → Extensions.[/]")


@app.command("server-json")
def server_json(
    name: Annotated[
        str,
        typer.Option(metavar="NAMESPACE/NAME", help="Name in a namespace that you own, such as io.github.you/vrom."),
    ],
    repository: Annotated[str, typer.Option(metavar="URL", help="URL of the source repository.")] = "",
    out: Annotated[Path, typer.Option(metavar="FILE", help="File to write.")] = Path("server.json"),
) -> None:
    """Make server.json, the entry for the MCP registry."""
    import json

    from vrom.hosts.server_json import server_document

    try:
        document = server_document(name, repository)
    except InvalidArgumentError as error:
        raise typer.BadParameter(str(error)) from error
    _write(out, (json.dumps(document, indent=2) + "\n").encode())
    print_line(f"[green]✓[/] {escape_text(str(out))}")
    print_line(f"  [dim]The README of the published package must contain[/] mcp-name: {escape_text(name)}")
    print_line("  [dim]Then:[/] mcp-publisher validate && mcp-publisher publish")


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
        raise ConfigurationError(f"Cannot write {file}: {error.strerror}. Choose another file with --out.") from error
