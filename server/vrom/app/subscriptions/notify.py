"""Notify clients that cartridges were added, changed or removed.

Since protocol version 2026-07-28 a client listens on a subscription, fed by the bus. In earlier versions, which have a
handshake, it is notified on its connection, and selects resources with `resources/subscribe`. Over HTTP these clients
have no connection that outlives a request, since any worker process may respond; the server declares that it doesn't
notify them.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

from mcp.server.context import CallNext, HandlerResult, ServerMiddleware, ServerRequestContext
from mcp.server.mcpserver import MCPServer
from mcp.shared.exceptions import MCPError
from mcp.types import (
    METHOD_NOT_FOUND,
    EmptyResult,
    SubscribeRequestParams,
    SubscriptionsListenRequestParams,
    SubscriptionsListenResult,
    UnsubscribeRequestParams,
)

from vrom.app.connection import Connection
from vrom.app.jobs.workers import Workers
from vrom.app.subscriptions.audience import Audience, Audiences
from vrom.library.library import Library
from vrom.library.stored import VISIBLE

POLL_SECONDS = 2.0


class Changes:
    """Watches the library while clients are connected, and notifies them of changes of what they see."""

    def __init__(self, library: Library, workers: Workers) -> None:
        self._library = library
        self._workers = workers
        self._audiences = Audiences(library, workers)
        self._connections = 0
        self._changed = False
        self._watcher: asyncio.Task[None] | None = None
        library.on_change(self._note)

    @contextlib.asynccontextmanager
    async def lifespan(self, _: MCPServer[Any]) -> AsyncIterator[Connection]:
        """Watch while at least one connection is open. Over HTTP, all clients share one that is never notified."""
        connection = Connection(self._library, self._workers)
        self._connections += 1
        if self._watcher is None:
            self._watcher = asyncio.create_task(self._watch())
        try:
            yield connection
        finally:
            self._connections -= 1
            if connection.audience is not None:
                connection.audience.watched.end(connection.uris)
                connection.audience.connections.discard(connection)
                self._audiences.leave(connection.audience)
            if not self._connections and self._watcher:
                self._watcher.cancel()
                self._watcher = None

    def middleware(self) -> ServerMiddleware[Any]:
        """Middleware that records sessions with a handshake, and declares to each client its notifications."""

        async def remember(ctx: ServerRequestContext[Any, Any], call_next: CallNext) -> HandlerResult:
            result = await call_next(ctx)
            if ctx.method == "notifications/initialized" and _can_be_told(ctx):
                ctx.lifespan_context.session = ctx.session
                self._audience_of(ctx.lifespan_context)
            if ctx.method == "initialize" and isinstance(result, dict):
                capabilities = result["capabilities"]
                capabilities["tools"]["listChanged"] = capabilities["resources"]["listChanged"] = _can_be_told(ctx)
                capabilities["resources"]["subscribe"] = _can_be_told(ctx)
            return result

        return remember

    async def subscribe(self, ctx: ServerRequestContext[Any, Any], params: SubscribeRequestParams) -> EmptyResult:
        """`resources/subscribe`: notify this connection when the resource may have changed."""
        connection = _connection_of(ctx)
        if params.uri not in connection.uris:
            await self._audience_of(connection).watched.begin([params.uri], already=len(connection.uris))
            connection.uris.add(params.uri)
        return EmptyResult()

    async def unsubscribe(self, ctx: ServerRequestContext[Any, Any], params: UnsubscribeRequestParams) -> EmptyResult:
        """`resources/unsubscribe`: stop notifying this connection about the resource."""
        connection = _connection_of(ctx)
        if params.uri in connection.uris:
            connection.uris.discard(params.uri)
            self._audience_of(connection).watched.end([params.uri])
        return EmptyResult()

    async def listen(
        self, ctx: ServerRequestContext[Any, Any], params: SubscriptionsListenRequestParams
    ) -> SubscriptionsListenResult:
        """`subscriptions/listen`: send events while the request is open."""
        uris = set(params.notifications.resource_subscriptions or ())
        audience = self._audiences.join(VISIBLE.get())
        try:
            await audience.watched.begin(uris)
            try:
                return await audience.listen(ctx, params)
            finally:
                audience.watched.end(uris)
        finally:
            self._audiences.leave(audience)

    def _audience_of(self, connection: Connection) -> Audience:
        """The audience of a client whose protocol version has a handshake: of the spaces that it sees at first."""
        if connection.audience is None:
            connection.audience = self._audiences.join(VISIBLE.get())
            connection.audience.connections.add(connection)
        return connection.audience

    def _note(self) -> None:
        self._changed = True  # called in any thread; the watcher notifies the clients

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(POLL_SECONDS)
            await self._workers.run(self._library.refresh)
            of_folders, self._changed = self._changed, False
            for audience in self._audiences:
                if await audience.watched.store_changed() or of_folders:
                    await audience.tell()


def _can_be_told(ctx: ServerRequestContext[Any, Any]) -> bool:
    """True if the connection remains usable for notifications after the response."""
    return ctx.session.can_send_request


def _connection_of(ctx: ServerRequestContext[Any, Any]) -> Connection:
    if not _can_be_told(ctx):
        problem = (
            "Nothing can be told later on this connection. Over HTTP, listen with subscriptions/listen (2026-07-28)."
        )
        raise MCPError(code=METHOD_NOT_FOUND, message=problem)
    connection: Connection = ctx.lifespan_context
    return connection
