"""How clients reach the server: stdio for hosts that start it, SSE and streamable HTTP for those that connect to it."""

import logging
import os
import socket
import sys
from collections.abc import Sequence
from typing import Any, Literal

from mcp.server.mcpserver import MCPServer

from vrom.errors import InvalidArgumentError

Transport = Literal["stdio", "sse", "streamable-http"]

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


def log_to_stderr(level: int = logging.WARNING) -> None:
    """Stdout belongs to the protocol, so everything that is logged goes to stderr."""
    logging.basicConfig(level=level, stream=sys.stderr, format="%(levelname)s %(name)s: %(message)s")


def serve_stdio(server: MCPServer[Any]) -> None:
    """Serve one client over stdin and stdout until stdin closes."""
    try:
        server.run("stdio")
    except KeyboardInterrupt:
        # a thread is still reading stdin, and waiting for it would take another key press
        os._exit(130)


def serve_http(
    server: MCPServer[Any],
    transport: Literal["sse", "streamable-http"],
    host: str,
    port: int,
    allowed_hosts: Sequence[str] = (),
) -> None:
    """Serve many clients over HTTP: `/mcp` for streamable HTTP, `/sse` and `/messages/` for SSE.

    The Host and Origin headers are checked on every address against loopback, `host` and `allowed_hosts`, or a web
    page could reach the server through a name that resolves to it (DNS rebinding). Port 0 takes a free one; the
    address is told on stderr. Raises `InvalidArgumentError` when it can't be listened on.
    """
    import uvicorn
    from mcp.server.transport_security import TransportSecuritySettings

    names = dict.fromkeys([*LOOPBACK, f"[{host}]" if ":" in host else host, *allowed_hosts])
    security = TransportSecuritySettings(
        enable_dns_rebinding_protection=True,
        allowed_hosts=[form for name in names for form in (name, f"{name}:*")],
        allowed_origins=[
            f"{scheme}://{name}{port}" for scheme in ("http", "https") for name in names for port in ("", ":*")
        ],
    )
    if transport == "sse":
        app = server.sse_app(transport_security=security, host=host)
    else:
        app = server.streamable_http_app(transport_security=security, host=host, stateless_http=True)
    listening = _listen(host, port)
    shown = f"[{host}]" if ":" in host else host
    path = "/sse" if transport == "sse" else "/mcp"
    sys.stderr.write(f"vrom listens on http://{shown}:{listening.getsockname()[1]}{path}\n")
    config = uvicorn.Config(app, log_config=None, access_log=False, timeout_graceful_shutdown=3)
    uvicorn.Server(config).run(sockets=[listening])


def _listen(host: str, port: int) -> socket.socket:
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        return socket.create_server(address[:2], family=family, backlog=2048)
    except OSError as error:
        problem = (
            f"--host {host} --port {port}: can't listen there ({error.strerror}). Choose another port, or 0 for any."
        )
        raise InvalidArgumentError(problem) from error
