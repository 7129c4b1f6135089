"""Many clients at once over HTTP: answers a second, as a share of what embedding the questions alone allows.

The clients are threads of one process that send ready-made requests over connections they keep; they take processor
time, too, which counts against the servers here.
"""

import contextlib
import http.client
import itertools
import json
import os
import socket
import statistics
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

from benchmarks.corpus import Corpus, questions
from benchmarks.servers import BARE_SERVER, vrom_server
from benchmarks.tables import Table, per_second, ratio, text
from vrom.embedding.model_store import ModelStore
from vrom.embedding.recipes import DEFAULT_SPEC

CLIENTS = 8
HEADERS = {
    "content-type": "application/json",
    "accept": "application/json, text/event-stream",
    "mcp-protocol-version": "2026-07-28",
    "mcp-method": "tools/call",
    "mcp-name": "search_docs",
}
META = {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientInfo": {"name": "benchmark", "version": "1"},
    "io.modelcontextprotocol/clientCapabilities": {},
}
"""Of the era without handshakes, in which a call is one request and its answer one document."""

Ask = Callable[[], object]


def tables(corpus: Corpus, *, quick: bool) -> list[Table]:
    rounds, seconds = (3, 2.0) if quick else (9, 4.0)
    columns = [
        text("figure"),
        per_second("answers"),
        ratio("to embedding alone"),
        ratio("to the bare server"),
        text("at least"),
    ]
    about = f"{CLIENTS} clients that ask again as soon as they have their answer; every question is new"
    table = Table("Clients at once over HTTP", about, columns)
    asked = questions(6)
    lock = threading.Lock()

    def question() -> str:
        with lock:
            return next(asked)

    embedder = ModelStore(corpus.home / "models").open(DEFAULT_SPEC)
    cores = os.cpu_count() or 1
    with contextlib.ExitStack() as stack:
        ways: dict[str, tuple[int, Sequence[Ask]]] = {
            "embedding alone, a thread for each core": (cores, [lambda: embedder.embed_query(question())] * cores)
        }
        serve = vrom_server(corpus.one, "--transport", "streamable-http", "--port")
        for name, command, *options in (
            ("bare MCPServer", BARE_SERVER),
            ("vrom, one process", serve),
            (f"vrom, --workers {cores}", serve, "--workers", str(cores)),
        ):
            port = _free_port()
            server = _listening((*command, str(port), *options), corpus.environment, port)
            address = stack.enter_context(server)
            clients = [_client(address, question) for _ in range(CLIENTS)]
            ways[name] = (CLIENTS, clients)
            clients[0]()  # opens what is searched
            _rate(clients, 2.0)
        rates: dict[str, list[float]] = {name: [] for name in ways}
        for _ in range(rounds):
            for name, (_, asking) in ways.items():
                rates[name].append(_rate(asking, seconds))
    middle = {name: statistics.median(found) for name, found in rates.items()}
    alone, bare = middle["embedding alone, a thread for each core"], middle["bare MCPServer"]
    for name, rate in middle.items():
        table.rows.append((name, rate, rate / alone, rate / bare, "0.80" if name.startswith("vrom, --w") else ""))
    return [table]


def _rate(asking: Sequence[Ask], seconds: float) -> float:
    """Answers a second, all askers together."""
    end = time.perf_counter() + seconds

    def ask_on(ask: Ask) -> int:
        count = 0
        while time.perf_counter() < end:
            ask()
            count += 1
        return count

    begun = time.perf_counter()
    with ThreadPoolExecutor(len(asking)) as pool:
        counts = list(pool.map(ask_on, asking))
    return sum(counts) / (time.perf_counter() - begun)


def _client(address: str, question: Callable[[], str]) -> Ask:
    """One connection that is kept."""
    place = urlsplit(address)
    connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=300)
    numbers = itertools.count(1)
    asked = time.monotonic()

    def ask() -> None:
        nonlocal asked
        if time.monotonic() - asked > 3:
            connection.close()  # the server does so after five seconds in which others are measured
        asked = time.monotonic()
        params = {"name": "search_docs", "arguments": {"query": question()}, "_meta": META}
        request = {"jsonrpc": "2.0", "id": next(numbers), "method": "tools/call", "params": params}
        connection.request("POST", place.path, json.dumps(request).encode(), HEADERS)
        answer = connection.getresponse()
        body = answer.read()
        if answer.status != 200 or b'"isError":true' in body or b"\\nNote: Searched by words only" in body:
            raise RuntimeError(f"{answer.status}: {body[:300]!r}")

    return ask


@contextlib.contextmanager
def _listening(command: Sequence[str], environment: dict[str, str], port: int) -> Iterator[str]:
    """The address at which a server listens."""
    with subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL) as process:
        try:
            for _ in range(600):
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                    break
                time.sleep(0.1)
            yield f"http://127.0.0.1:{port}/mcp"
        finally:
            process.terminate()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port
