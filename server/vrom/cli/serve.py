"""`vrom serve`: the MCP server."""

import logging
from typing import Annotated, Literal

import typer

from vrom.cli.options import Cartridges, open_library


def serve(
    transport: Annotated[
        Literal["stdio", "sse", "streamable-http"], typer.Option(help="stdio for hosts that start the server.")
    ] = "stdio",
    host: Annotated[str, typer.Option(help="Address to listen on (HTTP).")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on (HTTP).")] = 8000,
    cartridges: Cartridges = None,
    allowed_host: Annotated[
        list[str] | None, typer.Option(help="Another name that clients may reach the server by (HTTP).")
    ] = None,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Log what happens, on stderr.")] = False,
) -> None:
    """Serve documentation search to coding agents over MCP."""
    from vrom.app.server import create_server
    from vrom.app.transports import log_to_stderr, serve_http, serve_stdio

    log_to_stderr(logging.INFO if verbose else logging.WARNING)
    server = create_server(open_library(cartridges))
    if transport == "stdio":
        serve_stdio(server)
    else:
        serve_http(server, transport, host, port, allowed_host or ())
