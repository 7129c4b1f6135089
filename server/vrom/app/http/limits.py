"""Limits on requests: size, rate per client, and number at a time."""

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
"""Default rate limit per client when listening beyond loopback; on loopback there is none."""

BODY_SECONDS = 30.0
"""Maximum seconds for a client to send a request's body."""


@dataclass(frozen=True)
class Limits:
    """The limits of one worker process."""

    request_bytes: int = 1_000_000
    """Maximum size of a request's body."""
    calls: int = 64
    """Maximum number of concurrent requests, without streams."""
    streams: int = 256
    """Maximum number of open streams: clients that listen for changes, or are connected over SSE."""
    rate: str | None = None
    """Rate limit per client, such as `600/minute`; empty for none, None for the default of the listening address."""


def parse_rate(rate: str) -> RateLimitItem | None:
    """Parse a rate such as `600/minute` or `20 per second`; None if empty. Raises `InvalidArgumentError` if invalid."""
    try:
        return parse(rate) if rate else None
    except ValueError as error:
        raise InvalidArgumentError(f"--rate-limit {rate!r}: expected a number and a unit, as 600/minute.") from error


class LimitRate:
    """Respond 429 to a client, identified by its token or else its address, that exceeds the rate limit."""

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
    """Respond 413 to a body that is too large, and 408 to one that doesn't arrive in time."""

    def __init__(self, app: ASGIApp, limit: int, seconds: float = BODY_SECONDS) -> None:
        self._limit, self._seconds = limit, seconds
        # for bodies without Content-Length
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
    """Respond 503 if the maximum number of concurrent requests, or of open streams, is reached."""

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
    """True for a response that stays open: GET in protocol versions with a handshake, `subscriptions/listen` since."""
    return scope["method"] == "GET" or (b"mcp-method", b"subscriptions/listen") in scope["headers"]
