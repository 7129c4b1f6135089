"""Telling clients that cartridges came, changed or went.

Clients of the handshake era get list-changed notifications on their session; since 2026-07-28 they listen on a
subscription, which the bus feeds.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

from mcp.server.context import CallNext, HandlerResult, ServerMiddleware, ServerRequestContext
from mcp.server.mcpserver import MCPServer
from mcp.server.subscriptions import InMemorySubscriptionBus, ResourcesListChanged, ToolsListChanged

from vrom.app.workers import Workers
from vrom.library import Library

if TYPE_CHECKING:
    from mcp.server.session import ServerSession

POLL_SECONDS = 2.0
MAX_SESSIONS = 100
"""Sessions of the handshake era that are told; those that closed without a word are forgotten as others come."""


class Changes:
    """Watches the library while anybody is connected, and tells every client of a change."""

    def __init__(self, library: Library, workers: Workers) -> None:
        self.bus = InMemorySubscriptionBus()
        self._library = library
        self._workers = workers
        self._sessions: deque[ServerSession] = deque(maxlen=MAX_SESSIONS)
        self._changed = False
        self._watcher: asyncio.Task[None] | None = None
        self._connected = 0
        library.on_change(self._note)

    @contextlib.asynccontextmanager
    async def lifespan(self, _: MCPServer[Any]) -> AsyncIterator[None]:
        """Watch while at least one connection is open."""
        self._connected += 1
        if self._watcher is None:
            self._watcher = asyncio.create_task(self._watch())
        try:
            yield
        finally:
            self._connected -= 1
            if not self._connected and self._watcher:
                self._watcher.cancel()
                self._watcher = None

    def middleware(self) -> ServerMiddleware[Any]:
        """Remember the sessions of the handshake era, and declare to them that lists change."""

        async def remember(ctx: ServerRequestContext[Any, Any], call_next: CallNext) -> HandlerResult:
            result = await call_next(ctx)
            if ctx.method == "notifications/initialized":
                self._sessions.append(ctx.session)
            if ctx.method == "initialize" and isinstance(result, dict):
                for part in ("tools", "resources"):
                    result["capabilities"][part]["listChanged"] = True
            return result

        return remember

    def _note(self) -> None:
        self._changed = True  # by whichever thread looked; the watcher tells the clients

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(POLL_SECONDS)
            await self._workers.run(self._library.refresh)
            if self._changed:
                self._changed = False
                await self._tell()

    async def _tell(self) -> None:
        await self.bus.publish(ToolsListChanged())
        await self.bus.publish(ResourcesListChanged())
        for session in list(self._sessions):
            try:
                await session.send_tool_list_changed()
                await session.send_resource_list_changed()
            except Exception:  # noqa: BLE001 - whatever a transport raises: the client is gone
                self._sessions.remove(session)
