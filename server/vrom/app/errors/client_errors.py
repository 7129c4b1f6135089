"""Error messages for clients: the problem and the remedy, never a path of this machine or a traceback.

What the SDK makes of an exception that nobody expected depends on the protocol era and the kind of request; in the era
with a handshake clients are shown its text.
"""

import logging
from typing import Any

from mcp.server.context import CallNext, HandlerResult, ServerMiddleware, ServerRequestContext
from mcp.shared.exceptions import MCPError
from mcp.types import INTERNAL_ERROR
from pydantic import ValidationError

from vrom.errors import PackageError, VromError

UNEXPECTED = "an error in vrom itself, not in the request. The server's log names it; `vrom doctor` may find the cause."

_MENDING = (
    "Other cartridges still work. The operator can find the cause with `vrom check`, and pull or rebuild this one."
)

logger = logging.getLogger(__name__)


def client_message(error: VromError) -> str:
    """Message for a client. Most errors name their remedy; a package can only be repaired by the operator."""
    return f"{error} {_MENDING}" if isinstance(error, PackageError) else str(error)


def answer_the_unexpected() -> ServerMiddleware[Any]:
    """Log what nobody expected, and answer it in words of our own."""

    async def middleware(ctx: ServerRequestContext[Any, Any], call_next: CallNext) -> HandlerResult:
        try:
            return await call_next(ctx)
        except (MCPError, ValidationError):
            raise  # the client's own mistake, which the SDK answers
        except Exception as error:
            logger.exception("%s failed", ctx.method)
            raise MCPError(code=INTERNAL_ERROR, message=f"{ctx.method}: {UNEXPECTED}") from error

    return middleware
