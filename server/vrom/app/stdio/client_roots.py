"""The client's root as the project: a host may start the server in another folder than the one it works in.

Only clients whose protocol version has a handshake are asked (`roots/list`). Later versions let a server ask only
while it answers a call, which would cost each client a round trip.
"""

import asyncio
import logging
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

from mcp.server.context import CallNext, HandlerResult, ServerMiddleware, ServerRequestContext
from mcp.types import ListRootsRequest, ListRootsResult

from vrom.app.jobs.workers import Workers
from vrom.library.library import Library
from vrom.project.project_scope import ProjectScope, locks_anything

ANSWER_SECONDS = 10.0
"""Seconds after which a client's roots aren't awaited any more; nothing waits for them meanwhile."""
MOST_ROOTS = 50

_ASK_AFTER = ("notifications/initialized", "notifications/roots/list_changed")
_log = logging.getLogger(__name__)


class ClientRoots:
    """Asks the client for its roots, and sets the project's folder to the first one that has a lock file."""

    def __init__(self, library: Library, workers: Workers, scope: ProjectScope) -> None:
        self._library = library
        self._workers = workers
        self._scope = scope
        self._started_in = scope.folder
        self._asking: asyncio.Task[None] | None = None

    def middleware(self) -> ServerMiddleware[Any]:
        """Middleware that asks once the client is ready, and whenever it says that its roots have changed."""

        async def ask(ctx: ServerRequestContext[Any, Any], call_next: CallNext) -> HandlerResult:
            result = await call_next(ctx)
            capabilities = ctx.session.client_capabilities
            if ctx.method in _ASK_AFTER and capabilities and capabilities.roots and ctx.session.can_send_request:
                if self._asking:
                    self._asking.cancel()  # its answer would be out of date
                self._asking = asyncio.create_task(self._ask(ctx.session))
            return result

        return ask

    async def _ask(self, session: Any) -> None:
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                answer = await session.send_request(ListRootsRequest(), ListRootsResult)
            roots = [str(root.uri) for root in answer.roots[:MOST_ROOTS]]
        except Exception as error:  # noqa: BLE001 - an error, nonsense, silence: the client's own matter
            _log.info("The client doesn't name its roots: %s", type(error).__name__)
            return
        await self._workers.run(self._follow, roots)

    def _follow(self, roots: Iterable[str]) -> None:
        folder = choose_root(roots) or self._started_in
        if folder != self._scope.folder:
            self._scope.folder = folder
            self._library.refresh(force=True)


def choose_root(roots: Iterable[str]) -> Path | None:
    """The first folder of this machine among the roots, given as URLs, that locks anything; None without one."""
    for url in roots:
        try:
            parts = urlsplit(url)
            folder = Path(url2pathname(parts.path))
            if parts.scheme != "file" or parts.netloc not in {"", "localhost"} or not folder.is_absolute():
                continue
            if folder.is_dir() and locks_anything(folder):
                return folder
        except (ValueError, OSError):
            continue
    return None
