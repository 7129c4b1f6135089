"""`/metrics` for Prometheus: tool calls and their durations, mounted cartridges, HTTP responses."""

import asyncio
import time
from collections import Counter as Count
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mcp.server.context import CallNext, HandlerResult, ServerMiddleware, ServerRequestContext
from mcp.types import CallToolResult
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from vrom.app.http.connections import closed_connections
from vrom.library.library import Library

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Upper bounds of the histogram's buckets: a search takes milliseconds, opening a cartridge may take seconds."""


class Metrics:
    """Metrics of one process. With `shared`, a folder, the metrics of all processes that share it are combined."""

    tools: frozenset[str] = frozenset()
    """Tool names that get their own label; other names sent by clients must not add time series without limit."""

    def __init__(self, library: Library, shared: Path | None = None) -> None:
        self._registry = CollectorRegistry()
        self._registry.register(closed_connections)
        self._shared = shared
        self._mounted = _Mounted(library)
        self._calls = Counter(
            "vrom_tool_calls", "Tool calls, by tool and outcome.", ["tool", "outcome"], registry=self._registry
        )
        self._seconds = Histogram(
            "vrom_tool_seconds", "How long tool calls take.", ["tool"], buckets=SECONDS, registry=self._registry
        )
        self._open = Gauge(
            "vrom_http_open_requests",
            "HTTP requests that are being answered.",
            registry=self._registry,
            multiprocess_mode="livesum",
        )
        self._answers = Counter(
            "vrom_http_responses", "HTTP responses, by status.", ["status"], registry=self._registry
        )

    def middleware(self) -> ServerMiddleware[Any]:
        """Middleware to count and time tool calls. Outcomes: ok, error (returned by the tool), failed, cancelled."""

        async def measure(ctx: ServerRequestContext[Any, Any], call_next: CallNext) -> HandlerResult:
            if ctx.method != "tools/call":
                return await call_next(ctx)
            begun, outcome = time.perf_counter(), "failed"
            try:
                result = await call_next(ctx)
                outcome = "error" if _is_error(result) else "ok"
            except asyncio.CancelledError:
                outcome = "cancelled"
                raise
            else:
                return result
            finally:
                name = (ctx.params or {}).get("name")
                tool = name if name in self.tools else "unknown"
                self._calls.labels(tool, outcome).inc()
                self._seconds.labels(tool).observe(time.perf_counter() - begun)

        return measure

    def counting(self, app: ASGIApp) -> ASGIApp:
        """Wrap `app` to count its open requests, and its responses by status."""

        async def counted(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != "http":
                await app(scope, receive, send)
                return

            async def watched(message: Message) -> None:
                if message["type"] == "http.response.start":
                    self._answers.labels(str(message["status"])).inc()
                await send(message)

            with self._open.track_inprogress():
                await app(scope, receive, watched)

        return counted

    async def page(self, _: Request) -> Response:
        """Respond with the metrics in Prometheus' text format."""
        registry = self._registry
        if self._shared:
            registry = CollectorRegistry()
            MultiProcessCollector(registry, str(self._shared))  # type: ignore[no-untyped-call]
        text = generate_latest(registry) + generate_latest(self._mounted.registry)
        return Response(text, media_type=CONTENT_TYPE_PLAIN_0_0_4)


class _Mounted(Collector):
    """Collector of mounted cartridges, read at each scrape; not combined across processes, which all mount the same."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self.registry = CollectorRegistry()
        self.registry.register(self)

    def collect(self) -> Iterator[GaugeMetricFamily]:
        states = Count(mount.state for mount in self._library.mounts())
        family = GaugeMetricFamily("vrom_cartridges", "Mounted cartridges, by state.", labels=["state"])
        for state in ("ready", "stale", "broken"):
            family.add_metric([state], states[state])
        yield family
        if self._library.stored is not None:
            yield GaugeMetricFamily(
                "vrom_store_up", "1 if the store was reached when last asked.", self._library.stored.is_reachable
            )


def _is_error(result: Any) -> bool:
    return result.is_error is True if isinstance(result, CallToolResult) else _said_so(result)


def _said_so(result: Any) -> bool:
    return isinstance(result, dict) and result.get("isError") is True
