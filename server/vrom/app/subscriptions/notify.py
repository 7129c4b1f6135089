"""Notify clients that cartridges were added, changed or removed.

Since protocol version 2026-07-28 a client listens on a subscription, fed by the bus. In earlier versions, which have a
handshake, it is notified on its connection, and selects resources with `resources/subscribe`. Over HTTP these clients
have no connection that outlives a request, since any worker process may respond; the server declares that it doesn't
notify them.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterable
from typing import Any

from mcp.server.context import CallNext, HandlerResult, ServerMiddleware, ServerRequestContext
from mcp.server.mcpserver import MCPServer
from mcp.server.subscriptions import (
    InMemorySubscriptionBus,
    ListenHandler,
    ResourcesListChanged,
    ResourceUpdated,
    ToolsListChanged,
)
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
from vrom.app.subscriptions.watched import Watched
from vrom.library.library import Library

POLL_SECONDS = 2.0
SEND_SECONDS = 5.0
"""Maximum seconds for sending a notification to one client, so that other clients needn't wait for it."""


class Changes:
    """Watches the library while clients are connected, and notifies them of changes."""

    def __init__(self, library: Library, workers: Workers) -> None:
        self.bus = InMemorySubscriptionBus()
        self._listening = ListenHandler(self.bus)
        self._library = library
        self._workers = workers
        self._watched = Watched(library, workers)
        self._connections: set[Connection] = set()
        self._changed = False
        self._watcher: asyncio.Task[None] | None = None
        library.on_change(self._note)

    @contextlib.asynccontextmanager
    async def lifespan(self, _: MCPServer[Any]) -> AsyncIterator[Connection]:
        """Watch while at least one connection is open. Over HTTP, all clients share one that is never notified."""
        connection = Connection(self._library, self._workers)
        self._connections.add(connection)
        if self._watcher is None:
            self._watcher = asyncio.create_task(self._watch())
        try:
            yield connection
        finally:
            self._connections.discard(connection)
            self._watched.end(connection.uris)
            if not self._connections and self._watcher:
                self._watcher.cancel()
                self._watcher = None

    def middleware(self) -> ServerMiddleware[Any]:
        """Middleware that records sessions with a handshake, and declares to each client its notifications."""

        async def remember(ctx: ServerRequestContext[Any, Any], call_next: CallNext) -> HandlerResult:
            result = await call_next(ctx)
            if ctx.method == "notifications/initialized" and _can_be_told(ctx):
                ctx.lifespan_context.session = ctx.session
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
            await self._watched.begin([params.uri], already=len(connection.uris))
            connection.uris.add(params.uri)
        return EmptyResult()

    async def unsubscribe(self, ctx: ServerRequestContext[Any, Any], params: UnsubscribeRequestParams) -> EmptyResult:
        """`resources/unsubscribe`: stop notifying this connection about the resource."""
        connection = _connection_of(ctx)
        if params.uri in connection.uris:
            connection.uris.discard(params.uri)
            self._watched.end([params.uri])
        return EmptyResult()

    async def listen(
        self, ctx: ServerRequestContext[Any, Any], params: SubscriptionsListenRequestParams
    ) -> SubscriptionsListenResult:
        """`subscriptions/listen`: send events while the request is open."""
        uris = set(params.notifications.resource_subscriptions or ())
        await self._watched.begin(uris)
        try:
            return await self._listening(ctx, params)
        finally:
            self._watched.end(uris)

    def _note(self) -> None:
        self._changed = True  # called in any thread; the watcher notifies the clients

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(POLL_SECONDS)
            await self._workers.run(self._library.refresh)
            if self._changed:
                self._changed = False
                await self._tell(await self._watched.changed())

    async def _tell(self, uris: Iterable[str]) -> None:
        await self.bus.publish(ToolsListChanged())
        await self.bus.publish(ResourcesListChanged())
        for uri in uris:
            await self.bus.publish(ResourceUpdated(uri))
        await asyncio.gather(*(_send(connection, uris) for connection in self._connections))


async def _send(connection: Connection, uris: Iterable[str]) -> None:
    if connection.session is None:
        return
    with contextlib.suppress(Exception):  # any transport error or a timeout: the client is gone
        async with asyncio.timeout(SEND_SECONDS):
            await connection.session.send_tool_list_changed()
            await connection.session.send_resource_list_changed()
            for uri in uris:
                if uri in connection.uris:
                    await connection.session.send_resource_updated(uri)


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
