"""Clients that see the same spaces of a store, and are notified together."""

import asyncio
import contextlib
from collections.abc import Iterable, Iterator

from mcp.server.subscriptions import (
    InMemorySubscriptionBus,
    ListenHandler,
    ResourcesListChanged,
    ResourceUpdated,
    ToolsListChanged,
)

from vrom.app.connection import Connection
from vrom.app.jobs.workers import Workers
from vrom.app.subscriptions.watched import Watched
from vrom.library.library import Library

SEND_SECONDS = 5.0
"""Maximum seconds for sending a notification to one client, so that other clients needn't wait for it."""


class Audience:
    """Subscriptions of these clients, and the places where they are notified."""

    def __init__(self, library: Library, workers: Workers, spaces: frozenset[str] | None) -> None:
        self.spaces = spaces
        self.bus = InMemorySubscriptionBus()
        self.listen = ListenHandler(self.bus)
        self.watched = Watched(library, workers, spaces)
        self.connections: set[Connection] = set()
        self.members = 0
        """Requests that listen, and connections."""

    async def tell(self) -> None:
        """Notify the clients that the list of cartridges has changed, and of the resources that have."""
        uris = await self.watched.changed()
        await self.bus.publish(ToolsListChanged())
        await self.bus.publish(ResourcesListChanged())
        for uri in uris:
            await self.bus.publish(ResourceUpdated(uri))
        await asyncio.gather(*(_send(connection, uris) for connection in self.connections))


class Audiences:
    """Audiences by the spaces that they see, for as long as they have members."""

    def __init__(self, library: Library, workers: Workers) -> None:
        self._library, self._workers = library, workers
        self._by_spaces: dict[frozenset[str] | None, Audience] = {}

    def __iter__(self) -> Iterator[Audience]:
        return iter(list(self._by_spaces.values()))

    def join(self, spaces: frozenset[str] | None) -> Audience:
        """The audience of these spaces, with one member more."""
        if spaces not in self._by_spaces:
            self._by_spaces[spaces] = Audience(self._library, self._workers, spaces)
        self._by_spaces[spaces].members += 1
        return self._by_spaces[spaces]

    def leave(self, audience: Audience) -> None:
        """Take a member away, and with the last one the audience."""
        audience.members -= 1
        if not audience.members:
            del self._by_spaces[audience.spaces]


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
