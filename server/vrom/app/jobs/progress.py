"""Word to clients whose request takes long, so that they go on waiting: opening large cartridges takes seconds."""

import asyncio
from typing import Any

from mcp.server.context import CallNext, HandlerResult, ServerMiddleware, ServerRequestContext

from vrom.app.jobs.workers import Job, track_job

SECONDS = 1.0
"""Most requests take milliseconds and say nothing; the others say every so often that they are at work."""

_LONG = ("tools/call", "resources/read", "resources/list", "prompts/get")
"""Requests that may have to open cartridges."""


def report_progress() -> ServerMiddleware[Any]:
    """Report on requests, to clients that asked for it, until they are done. What remains isn't known."""

    async def middleware(ctx: ServerRequestContext[Any, Any], call_next: CallNext) -> HandlerResult:
        if ctx.method not in _LONG:
            return await call_next(ctx)
        with track_job() as job:
            if not (ctx.meta and ctx.meta.get("progress_token") is not None):
                return await call_next(ctx)
            reporting = asyncio.create_task(_report(ctx, job))
            try:
                return await call_next(ctx)
            finally:
                reporting.cancel()

    return middleware


async def _report(ctx: ServerRequestContext[Any, Any], job: Job) -> None:
    passed = 0.0
    while True:
        await asyncio.sleep(SECONDS)
        passed += SECONDS
        doing = f": {job.doing}" if job.doing else ""
        await ctx.session.report_progress(passed, message=f"at work for {passed:.0f} s{doing}")
