"""Serve the host that started the process, over stdin and stdout."""

import contextlib
import logging
import os
import select
import signal
import sys
import threading
import time
from typing import Any

from mcp.server.mcpserver import MCPServer

from vrom.app.telemetry.tracing import flush_tracing

GRACE_SECONDS = 0.8
"""Seconds for a graceful exit once the host has closed stdin."""


def serve_stdio(server: MCPServer[Any]) -> None:
    """Serve one client over stdin and stdout until stdin closes; then end the process within a second.

    SIGINT and SIGTERM end it at once: a thread may be waiting for stdin, and joining it would take another line of
    input.
    """
    signal.signal(signal.SIGINT, lambda *_: os._exit(130))
    threading.Thread(target=_end_with_stdin, name="vrom-stdin", daemon=True).start()
    server.run("stdio")
    end_process()


def end_process(code: int = 0) -> None:
    """Flush traces and logs, then exit without waiting for threads, which may be in an abandoned call."""
    with contextlib.suppress(Exception):
        flush_tracing()
    logging.shutdown()
    sys.stderr.flush()
    os._exit(code)


def _end_with_stdin() -> None:
    """End the process when stdin closes, even if the event loop is blocked or stdout is never read."""
    try:
        watched = select.poll()
        # a copy: while the SDK serves, descriptor 0 is the null device
        watched.register(os.dup(0), select.POLLHUP | getattr(select, "POLLRDHUP", 0))
    except (AttributeError, OSError):
        return  # Windows, or no stdin
    watched.poll()
    time.sleep(GRACE_SECONDS)
    os._exit(0)
