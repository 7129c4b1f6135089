"""Serve the explorer to this machine's user, until the terminal ends it."""

import secrets
import sys
import threading
import webbrowser
from collections.abc import Callable

import uvicorn

from vrom.app.explorer.access import Access
from vrom.app.explorer.application import create_explorer
from vrom.app.explorer.changes.jobs import Changes
from vrom.app.explorer.pages import ROOT, Explorer
from vrom.app.http.connections import LimitedConnection
from vrom.app.http.health import Readiness
from vrom.app.http.host_check import CheckNames, allowed_names
from vrom.app.http.serve import SHUTDOWN_SECONDS, ending_by_signal, listen
from vrom.app.stdio.serve import end_process
from vrom.library.library import Library

HOST = "127.0.0.1"
"""The only address listened on: what the pages change is this machine's."""


def serve_explorer(
    library: Library, changes: Changes, port: int, *, open_browser: Callable[[str], object] | None = webbrowser.open
) -> None:
    """Serve until SIGINT or SIGTERM, and open the pages in the browser with a secret that works once.

    Raises `InvalidArgumentError` if it can't listen.
    """
    listening = listen(HOST, port)
    secret = secrets.token_urlsafe(32)
    app = create_explorer(Explorer(library, Access(secret=secret), changes))
    base = f"http://{HOST}:{listening.getsockname()[1]}{ROOT}"
    sys.stderr.write(f"vrom explores on {base}/enter?secret={secret}\nThis address works once. Ctrl+C ends it.\n")
    if open_browser:
        address = f"{base}/enter?secret={secret}"
        threading.Thread(target=open_browser, args=(address,), name="vrom-browser", daemon=True).start()
    Readiness(library).begin()
    config = uvicorn.Config(
        CheckNames(app, allowed_names(HOST)),
        log_config=None,
        access_log=False,
        server_header=False,
        ws="none",
        http=LimitedConnection,
        lifespan="off",
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
    )
    with ending_by_signal():
        uvicorn.Server(config).run([listening])
    end_process()
