"""Serve HTTP: listen on one socket, with one process or several, and shut down gracefully."""

import contextlib
import ipaddress
import multiprocessing.connection
import os
import signal
import socket
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp
from uvicorn.supervisors.multiprocess import Multiprocess

from vrom.app.http.application import ENDPOINTS, HttpOptions, create_application
from vrom.app.http.connections import LimitedConnection
from vrom.app.http.host_check import bracketed
from vrom.app.http.limits import RATE_BEYOND_LOOPBACK, parse_rate
from vrom.app.stdio.serve import end_process
from vrom.errors import InvalidArgumentError
from vrom.library.library import Library

SHUTDOWN_SECONDS = 3
"""Seconds for running calls to finish once the server is told to shut down."""


def serve_http(
    make_library: Callable[[], Library],
    options: HttpOptions,
    port: int,
    *,
    workers: int = 1,
    prepare: Callable[[], None] = lambda: None,
) -> None:
    """Serve until SIGINT or SIGTERM; then finish running calls and exit with code 0.

    Port 0 selects a free port; the URL is printed on stderr. With several `workers`, each is a process with its own
    library, whose indexes are memory maps of the same files; `prepare` is called in each worker, and it and
    `make_library` must be picklable. Raises `InvalidArgumentError` if it can't listen, if a token is required but none
    exists, for SSE with several workers, and for an invalid rate limit.
    """
    if workers > 1 and options.transport == "sse":
        problem = "--workers: an SSE client keeps talking to the process that it is connected to, so there can be one."
        raise InvalidArgumentError(f"{problem} Use --transport streamable-http.")
    listening = listen(options.host, port)
    options = _protected(options, ipaddress.ip_address(listening.getsockname()[0]).is_loopback)
    address = f"http://{bracketed(options.host)}:{listening.getsockname()[1]}{ENDPOINTS[options.transport]}"
    sys.stderr.write(f"vrom listens on {address}\n")
    if options.explorer_key:
        sys.stderr.write(f"Pages for people: {address.removesuffix(ENDPOINTS[options.transport])}/explorer/\n")
    if workers == 1:
        with ending_by_signal():
            uvicorn.Server(_config(partial(create_application, make_library(), options))).run([listening])
        end_process()
    with tempfile.TemporaryDirectory(prefix="vrom-metrics-") as shared:
        # read by prometheus_client when a worker imports it
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = shared
        start = partial(_start_worker, make_library, replace(options, metrics=Path(shared)), prepare)
        Multiprocess(_config(start, workers), [listening]).run()


def _protected(options: HttpOptions, loopback: bool) -> HttpOptions:
    """Require tokens and apply the default rate limit beyond loopback.

    Raises `InvalidArgumentError` if tokens are required but there are none, and for an invalid rate limit.
    """
    tokens = options.tokens if options.require_token or not loopback else None
    if tokens is not None and not tokens.all():
        reason = "--require-token" if loopback else f"--host {options.host}: other machines can connect there"
        remedy = "Make one with `vrom token new NAME`" + (" or listen on 127.0.0.1." if not loopback else ".")
        raise InvalidArgumentError(f"{reason}, but no token exists. {remedy}")
    rate = options.limits.rate
    if rate is None:
        rate = "" if loopback else RATE_BEYOND_LOOPBACK
    parse_rate(rate)
    return replace(options, tokens=tokens, limits=replace(options.limits, rate=rate))


def _start_worker(make_library: Callable[[], Library], options: HttpOptions, prepare: Callable[[], None]) -> ASGIApp:
    prepare()
    threading.Thread(target=_end_with_parent, name="vrom-parent", daemon=True).start()
    return create_application(make_library(), options)


def _end_with_parent() -> None:
    """Shut down gracefully if the parent process ends, so that the port doesn't stay in use."""
    parent = multiprocessing.parent_process()
    if parent:
        multiprocessing.connection.wait([parent.sentinel])
        os.kill(os.getpid(), signal.SIGTERM)


def _config(factory: Callable[[], ASGIApp], workers: int = 1) -> uvicorn.Config:
    return uvicorn.Config(
        factory,
        factory=True,
        workers=workers,
        log_config=None,
        access_log=False,
        server_header=False,
        ws="none",
        http=LimitedConnection,
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
    )


@contextlib.contextmanager
def ending_by_signal() -> Iterator[None]:
    """Handle the signals that uvicorn raises again after its shutdown, so that the process ends normally."""
    before = {number: signal.signal(number, lambda *_: sys.exit(0)) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    except SystemExit as ending:
        if ending.code:
            raise
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def listen(host: str, port: int) -> socket.socket:
    """Open a listening TCP socket. Raises `InvalidArgumentError` if that fails."""
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        listening = socket.create_server(address[:2], family=family, backlog=2048)
    except OSError as error:
        problem = (
            f"--host {host} --port {port}: can't listen there ({error.strerror}). Choose another port, or 0 for any."
        )
        raise InvalidArgumentError(problem) from error
    # Connections inherit it; asyncio sets it only if the socket's protocol number was given. Without it, a response in
    # two parts waits 40 ms for the client's acknowledgement of the first.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening
