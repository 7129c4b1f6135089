"""The ASGI application: the protocol's endpoint, probes, metrics and middleware."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Literal

from mcp.server.auth.middleware.bearer_auth import BearerAuthBackend
from mcp.server.mcpserver import MCPServer
from mcp.server.transport_security import TransportSecuritySettings
from sse_starlette.sse import AppStatus
from starlette.applications import Starlette
from starlette.middleware.authentication import AuthenticationMiddleware
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from vrom.app.connection import ProjectWork
from vrom.app.http.authorization import METADATA, RequireToken, Verifier, describe_resource
from vrom.app.http.bearer_tokens import KnownTokens
from vrom.app.http.health import Readiness
from vrom.app.http.host_check import CheckNames, allowed_names, transport_security
from vrom.app.http.limits import LimitConcurrency, LimitRate, Limits, LimitSize, parse_rate
from vrom.app.http.message_check import CheckMessages
from vrom.app.http.metrics import Metrics
from vrom.app.http.spaces import show_spaces
from vrom.app.server import create_server
from vrom.library.library import Library
from vrom.library.stored import PUBLIC

HttpTransport = Literal["sse", "streamable-http"]
ENDPOINTS: dict[HttpTransport, str] = {"sse": "/sse", "streamable-http": "/mcp"}
PROBES = ("/healthz", "/readyz")
"""Paths open to all clients, since probes send no token and use any Host; they reveal only the server's state."""


@dataclass(frozen=True)
class HttpOptions:
    """Options of a worker process for serving over HTTP."""

    transport: HttpTransport = "streamable-http"
    host: str = "127.0.0.1"
    allowed_hosts: tuple[str, ...] = ()
    tokens: KnownTokens | None = None
    """Tokens that clients must present; None lets every client connect."""
    require_token: bool = False
    """Require a token from clients on this machine, too; others always need one."""
    limits: Limits = field(default_factory=Limits)
    work: ProjectWork | None = None
    """The project that the server works for, if any."""
    metrics: Path | None = None
    """Folder in which several processes share their counts."""
    explorer_key: bytes | None = None
    """Key of the sessions of the read-only pages for people, the same in all processes; None if there are no pages."""


def create_application(library: Library, options: HttpOptions) -> ASGIApp:
    """Create the application for one process. Raises `InvalidArgumentError` for an invalid rate limit."""
    # It would cut every event stream half a second after the signal, answers at work included: `LimitedConnection`
    # closes those that only listen, and uvicorn waits for the others.
    AppStatus.enable_automatic_graceful_drain = False
    server = create_server(library, work=options.work)
    if library.stored is not None:
        library.stored.everybody = frozenset({PUBLIC})
        server.middleware.insert(0, show_spaces())
    readiness, metrics = Readiness(library), Metrics(library, options.metrics)
    server.middleware.append(metrics.middleware())
    names, limits = allowed_names(options.host, options.allowed_hosts), options.limits
    endpoint = _endpoint(server, options, transport_security(names))
    path = ENDPOINTS[options.transport]
    described = (METADATA, METADATA + path) if options.tokens else ()
    routes = [
        Route("/healthz", readiness.healthz),
        Route("/readyz", readiness.readyz),
        Route("/metrics", metrics.page),
        *(Route(place, partial(describe_resource, path)) for place in described),
        Mount(
            "/",
            LimitSize(
                LimitConcurrency(CheckMessages(endpoint, (path, "/messages")), limits.calls, limits.streams),
                limits.request_bytes,
            ),
        ),
    ]

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        metrics.tools = frozenset(tool.name for tool in await server.list_tools())
        readiness.begin()
        async with endpoint.router.lifespan_context(endpoint):
            yield

    # each middleware wraps the previous ones: the last one sees a request first
    app: ASGIApp = Starlette(routes=routes, lifespan=lifespan)
    if options.tokens:
        app = RequireToken(app, path, PROBES)
    if options.explorer_key:
        app = _beside_explorer(app, library, options.tokens, options.explorer_key)
    if rate := parse_rate(limits.rate or ""):
        app = LimitRate(app, rate)
    if options.tokens:
        app = AuthenticationMiddleware(app, BearerAuthBackend(Verifier(options.tokens)))
    return metrics.counting(CheckNames(app, names, PROBES))


def _beside_explorer(app: ASGIApp, library: Library, tokens: KnownTokens | None, key: bytes) -> ASGIApp:
    """`app`, with the read-only pages below `/explorer`, which ask for a token themselves."""
    from vrom.app.explorer.access import Access
    from vrom.app.explorer.application import create_explorer
    from vrom.app.explorer.pages import ROOT, Explorer

    explorer = create_explorer(Explorer(library, Access(key, tokens=tokens)))

    async def dispatch(scope: Scope, receive: Receive, send: Send) -> None:
        is_page = scope["type"] == "http" and f"{scope['path']}/".startswith(f"{ROOT}/")
        await (explorer if is_page else app)(scope, receive, send)

    return dispatch


def _endpoint(server: MCPServer[Any], options: HttpOptions, names: TransportSecuritySettings) -> Starlette:
    size = options.limits.request_bytes
    if options.transport == "sse":
        return server.sse_app(transport_security=names, host=options.host, max_request_body_size=size)
    # without sessions, any process can answer any request
    return server.streamable_http_app(
        transport_security=names, host=options.host, max_request_body_size=size, stateless_http=True
    )
