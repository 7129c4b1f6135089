"""Check of Host and Origin against allowed names, which blocks web pages (DNS rebinding, cross-site requests)."""

from collections.abc import Iterable

from mcp.server.transport_security import TransportSecurityMiddleware, TransportSecuritySettings
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from vrom.app.http.refusal import refusal

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


def allowed_names(host: str, more: Iterable[str] = ()) -> TransportSecuritySettings:
    """Settings that allow loopback, `host` and `more`, each with and without a port, as Host and as Origin."""
    names = dict.fromkeys([*LOOPBACK, bracketed(host), *map(bracketed, more)])
    return TransportSecuritySettings(
        enable_dns_rebinding_protection=True,
        allowed_hosts=[form for name in names for form in (name, f"{name}:*")],
        allowed_origins=[
            f"{scheme}://{name}{port}" for scheme in ("http", "https") for name in names for port in ("", ":*")
        ],
    )


def bracketed(host: str) -> str:
    """A host as written in a URL: IPv6 in brackets."""
    return f"[{host}]" if host.count(":") > 1 and not host.startswith("[") else host


class CheckNames:
    """Refuse requests whose Host or Origin isn't one of the allowed names.

    Requests to `open_paths` may use any Host, such as an IP address, if they have no Origin header.
    """

    def __init__(self, app: ASGIApp, settings: TransportSecuritySettings, open_paths: Iterable[str] = ()) -> None:
        self.app = app
        self._check = TransportSecurityMiddleware(settings)
        self._open_paths = frozenset(open_paths)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "http" and not self._is_probe(request := Request(scope)):
            wrong = await self._check.validate_request(request)
            if wrong is not None:
                answer = refusal(wrong.status_code, _problem(wrong.status_code, request))
                await answer(scope, receive, send)
                return
        await self.app(scope, receive, send)

    def _is_probe(self, request: Request) -> bool:
        return request.scope["path"] in self._open_paths and "origin" not in request.headers


def _problem(status: int, request: Request) -> str:
    name = "Origin" if status == 403 else "Host"
    given = request.headers.get(name.lower(), "")[:100]
    remedy = "Whoever runs the server can allow a name with --allowed-host."
    return f"{name} {given!r} is not one of the names that this server answers to. {remedy}"
