"""Check of Host and Origin against allowed names, which blocks web pages (DNS rebinding, cross-site requests)."""

import logging
import re
from collections.abc import Iterable

from mcp.server.transport_security import TransportSecuritySettings
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from vrom.app.http.refusal import refusal

_log = logging.getLogger(__name__)

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")

_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[^\s:/?#@\[\]\\]+)(?::[0-9]{1,5})?")
"""A name or address and a port, as in RFC 9110, section 7.2, in lower case."""
_ORIGIN = re.compile(rf"https?://{_HOST.pattern}")


def allowed_names(host: str, more: Iterable[str] = ()) -> frozenset[str]:
    """Names that a server on `host` answers to: loopback, `host` and `more`, in lower case."""
    return frozenset(name.lower() for name in [*LOOPBACK, bracketed(host), *map(bracketed, more)])


def transport_security(names: Iterable[str]) -> TransportSecuritySettings:
    """The same names for the SDK, which makes its own check: each with and without a port, as Host and as Origin."""
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
    """Refuse requests whose Host or Origin isn't one of the allowed names, in any case, with any port.

    Requests to `open_paths` may use any Host, such as an IP address, if they have no Origin header.
    """

    def __init__(self, app: ASGIApp, names: Iterable[str], open_paths: Iterable[str] = ()) -> None:
        self.app = app
        self._names = frozenset(names)
        self._open_paths = frozenset(open_paths)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "http":
            scope = {**scope, "headers": [_in_lower_case(*header) for header in scope["headers"]]}
            headers = Headers(scope=scope)
            if not (scope["path"] in self._open_paths and "origin" not in headers):
                if not self._is_allowed(_HOST, headers.getlist("host") or [""]):
                    await _refuse(421, "Host", headers)(scope, receive, send)
                    return
                if not self._is_allowed(_ORIGIN, headers.getlist("origin")):
                    await _refuse(403, "Origin", headers)(scope, receive, send)
                    return
        await self.app(scope, receive, send)

    def _is_allowed(self, form: re.Pattern[str], values: Iterable[str]) -> bool:
        matches = [form.fullmatch(value) for value in values]
        return all(match is not None and match[1] in self._names for match in matches)


def _in_lower_case(name: bytes, value: bytes) -> tuple[bytes, bytes]:
    """The header; Host and Origin in lower case: the SDK compares them as they are written."""
    return (name, value.lower()) if name in (b"host", b"origin") else (name, value)


def _refuse(status: int, name: str, headers: Headers) -> ASGIApp:
    given = headers.get(name.lower(), "")[:100]
    _log.warning("Refused a request with %s %r.", name, given)
    remedy = "The operator can allow a name with --allowed-host."
    return refusal(status, f"{name} {given!r} is not one of the names that this server answers to. {remedy}")
