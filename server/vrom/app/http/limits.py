"""How much a client, and all clients together, may ask of the server: size, rate and number of requests."""

import asyncio
import math
import time
from dataclasses import dataclass

from limits import RateLimitItem, parse
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter
from mcp.server.auth.middleware.bearer_auth import AuthenticatedUser
from mcp.server.transport_security import RequestBodyLimitMiddleware
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from vrom.app.http.refusal import refusal
from vrom.errors import InvalidArgumentError

RATE_BEYOND_LOOPBACK = "600/minute"
"""What one client may ask unless the options say otherwise; clients on this machine may ask without end."""

BODY_SECONDS = 30.0
"""How long a client may take to send a request."""


@dataclass(frozen=True)
class Limits:
    """The limits of one worker process."""

    request_bytes: int = 1_000_000
    """Size of a request's body."""
    calls: int = 64
    """Requests at work at once."""
    streams: int = 256
    """Streams open at once: clients that listen for changes, or are connected over SSE."""
    rate: str | None = None
    """Requests of one client, as `600/minute`; empty is without end, None leaves it to where the server listens."""


def parse_rate(rate: str) -> RateLimitItem | None:
    """A rate as `600/minute` or `20 per second`; None for the empty one. Raises `InvalidArgumentError` for others."""
    try:
        return parse(rate) if rate else None
    except ValueError as error:
        raise InvalidArgumentError(f"--rate-limit {rate!r}: expected a number and a unit, as 600/minute.") from error


class LimitRate:
    """Answer 429 to a client that asks too often: known by its token, else by its address."""

    def __init__(self, app: ASGIApp, rate: RateLimitItem) -> None:
        self.app = app
        self._rate = rate
        self._clients = SlidingWindowCounterRateLimiter(MemoryStorage())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or await self._clients.hit(self._rate, client := _client(scope)):
            await self.app(scope, receive, send)
            return
        window = await self._clients.get_window_stats(self._rate, client)
        seconds = max(1, math.ceil(window.reset_time - time.time()))
        problem = f"Too many requests: at most {self._rate} for one client. Try again in {seconds} s."
        await refusal(429, problem, retry_after=seconds)(scope, receive, send)


class LimitSize:
    """Answer 413 to a body that is too large, 408 to one that doesn't arrive; pass on those that have arrived whole."""

    def __init__(self, app: ASGIApp, limit: int, seconds: float = BODY_SECONDS) -> None:
        self._limit, self._seconds = limit, seconds
        # for bodies that don't tell their length
        self._app = RequestBodyLimitMiddleware(app, limit)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        length = HTTPConnection(scope).headers.get("content-length", "")
        if length.isdecimal() and int(length) > self._limit:
            problem = f"The request has {length} bytes; at most {self._limit} are read. Ask for less at once."
            await refusal(413, problem)(scope, receive, send)
            return
        arrived = False
        deadline = asyncio.get_running_loop().time() + self._seconds

        async def receive_in_time() -> Message:
            nonlocal arrived
            if arrived:
                return await receive()
            async with asyncio.timeout_at(deadline):
                message = await receive()
            arrived = not message.get("more_body", False)
            return message

        try:
            await self._app(scope, receive_in_time, send)
        except TimeoutError:
            if arrived:
                raise
            await refusal(408, f"The request did not arrive within {self._seconds:.0f} s.")(scope, receive, send)


class LimitConcurrency:
    """Answer 503 when as many requests, or streams, are open as the process takes on at once."""

    def __init__(self, app: ASGIApp, calls: int, streams: int) -> None:
        self.app = app
        self._most = {"calls": calls, "streams": streams}
        self._open = {"calls": 0, "streams": 0}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        kind = "streams" if _is_stream(scope) else "calls"
        if self._open[kind] >= self._most[kind]:
            problem = f"The server is busy: {self._most[kind]} {kind} are open. Try again in a moment."
            await refusal(503, problem, retry_after=1)(scope, receive, send)
            return
        self._open[kind] += 1
        try:
            await self.app(scope, receive, send)
        finally:
            self._open[kind] -= 1


def _client(scope: Scope) -> str:
    user = scope.get("user")
    if isinstance(user, AuthenticatedUser):
        return f"token {user.username}"
    return f"address {scope['client'][0]}" if scope.get("client") else "unknown"


def _is_stream(scope: Scope) -> bool:
    """Whether the answer stays open until the client goes: GET in the handshake era, a method of its own since."""
    return scope["method"] == "GET" or (b"mcp-method", b"subscriptions/listen") in scope["headers"]
