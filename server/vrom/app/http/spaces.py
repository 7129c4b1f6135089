"""Spaces of a store that a request sees: those of its token, and the public one."""

from typing import Any

from mcp.server.auth.middleware.bearer_auth import AuthenticatedUser
from mcp.server.context import CallNext, HandlerResult, ServerMiddleware, ServerRequestContext
from starlette.requests import HTTPConnection

from vrom.library.stored import PUBLIC, VISIBLE


def show_spaces() -> ServerMiddleware[Any]:
    """Let every request see the spaces of its token: in tools, resources, instructions and completion alike."""

    async def middleware(ctx: ServerRequestContext[Any, Any], call_next: CallNext) -> HandlerResult:
        token = VISIBLE.set(_spaces_of(ctx.request))
        try:
            return await call_next(ctx)
        finally:
            VISIBLE.reset(token)

    return middleware


def _spaces_of(request: object) -> frozenset[str]:
    user = request.scope.get("user") if isinstance(request, HTTPConnection) else None
    return frozenset({PUBLIC, *(user.scopes if isinstance(user, AuthenticatedUser) else ())})
