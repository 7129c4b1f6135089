"""Middleware of the explorer: response headers that bind the browser, and the check for a session."""

from urllib.parse import quote

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from vrom.app.explorer.access import Access, session_of

HEADERS = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    # not `no-referrer`, with which browsers send `Origin: null` with forms
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}


class SetHeaders:
    """Add `HEADERS` to each response; pages aren't stored by caches."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(HEADERS)
                headers.setdefault("cache-control", "no-store")
            await send(message)

        await self.app(scope, receive, with_headers)


class RequireSession:
    """Lead requests without a session to the page where one begins. Only `open_paths` are shown without."""

    def __init__(self, app: ASGIApp, access: Access, enter: str, open_paths: tuple[str, ...]) -> None:
        self.app = app
        self._access = access
        self._enter = enter
        self._open_paths = open_paths

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        is_open = self._access.is_open or scope["type"] != "http" or scope["path"].startswith(self._open_paths)
        if is_open or self._access.is_session(session_of(request := Request(scope))):
            await self.app(scope, receive, send)
            return
        wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        target = f"{self._enter}?next={quote(wanted, safe='')}" if request.method == "GET" else self._enter
        headers = {"hx-redirect": target} if "hx-request" in request.headers else None
        await RedirectResponse(target, 303, headers=headers)(scope, receive, send)
