"""Serving the one host that started the process, over stdin and stdout."""

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
"""How long the process may take to end in good order once the host has closed stdin."""


def serve_stdio(server: MCPServer[Any]) -> None:
    """Serve one client over stdin and stdout until stdin closes; then the process ends, within a second.

    It ends at once by SIGINT and SIGTERM, too: a thread is always waiting for stdin, and joining it would take another
    line of input.
    """
    signal.signal(signal.SIGINT, lambda *_: os._exit(130))
    threading.Thread(target=_end_with_stdin, name="vrom-stdin", daemon=True).start()
    server.run("stdio")
    end_process()


def end_process(code: int = 0) -> None:
    """End without waiting for threads: one may be inside a call that nobody waits for any more."""
    with contextlib.suppress(Exception):
        flush_tracing()
    logging.shutdown()
    sys.stderr.flush()
    os._exit(code)


def _end_with_stdin() -> None:
    """End the process when the host is gone, even if something holds the event loop or stdout is never read."""
    try:
        watched = select.poll()
        # a copy: while the SDK serves, descriptor 0 leads nowhere
        watched.register(os.dup(0), select.POLLHUP | getattr(select, "POLLRDHUP", 0))
    except (AttributeError, OSError):
        return  # Windows, or no stdin at all
    watched.poll()
    time.sleep(GRACE_SECONDS)
    os._exit(0)
