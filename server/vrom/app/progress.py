"""Word to clients whose call takes long, so that they go on waiting: opening a large cartridge takes seconds."""

import asyncio
from typing import Any

from mcp.server.context import CallNext, HandlerResult, ServerMiddleware, ServerRequestContext

SECONDS = 1.0
"""Most calls take milliseconds and say nothing; the others say every so often that they are at work."""


def report_progress() -> ServerMiddleware[Any]:
    """Report on calls, to clients that asked for it, until they are done. What remains isn't known."""

    async def middleware(ctx: ServerRequestContext[Any, Any], call_next: CallNext) -> HandlerResult:
        if ctx.method != "tools/call" or not (ctx.meta and ctx.meta.get("progress_token") is not None):
            return await call_next(ctx)
        reporting = asyncio.create_task(_report(ctx))
        try:
            return await call_next(ctx)
        finally:
            reporting.cancel()

    return middleware


async def _report(ctx: ServerRequestContext[Any, Any]) -> None:
    passed = 0.0
    while True:
        await asyncio.sleep(SECONDS)
        passed += SECONDS
        await ctx.session.report_progress(passed, message=f"at work for {passed:.0f} s: opening what is searched")
