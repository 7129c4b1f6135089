"""The real server, as a host starts it or connects to it."""

import contextlib
import http.client
import json
import os
import re
import runpy
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from mcp.client import Client
from mcp.client.sse import sse_client
from mcp.client.stdio import StdioServerParameters, stdio_client

TRANSPORTS = ["stdio", "sse", "streamable-http"]
ERAS = ["auto", "legacy"]
HOLDING = Path(__file__).with_name("holding")
"""Holds its `sitecustomize.py`."""


@pytest.fixture
def environment(model_home: Path, tmp_path: Path) -> dict[str, str]:
    """A home of this test's own, with the model in it."""
    return environment_with(tmp_path / "vrom-home", model_home)


@pytest.fixture(scope="module")
def module_environment(model_home: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A home of this module's own, for `module_serve`."""
    return environment_with(tmp_path_factory.mktemp("module") / "vrom-home", model_home)


def environment_with(home: Path, model_home: Path) -> dict[str, str]:
    """Make a home that has the model; variables for a process that uses it."""
    home.mkdir()
    (home / "models").symlink_to(model_home / "models")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("VROM_")}
    return {**kept, "VROM_HOME": str(home), "PYTHONWARNINGS": "error"}


@pytest.fixture
def connect(environment: dict[str, str]):
    """A client of a real server process over a transport, in an era."""

    @contextlib.asynccontextmanager
    async def open_client(transport: str, era: str, cartridges: Path, **options: Any):
        command = [sys.executable, "-m", "vrom", "serve", "--cartridges", str(cartridges)]
        if transport == "stdio":
            parameters = StdioServerParameters(command=command[0], args=command[1:], env=environment)
            async with Client(stdio_client(parameters), mode=era, **options) as client:
                yield client
            return
        with listening([*command, "--transport", transport, "--port", "0"], environment) as url:
            async with client_of(url, transport, era, **options) as client:
                yield client

    return open_client


def client_of(url: str, transport: str, era: str, **options: Any) -> Client:
    """A client of a server that listens."""
    return Client(sse_client(url) if transport == "sse" else url, mode=era, **options)


@pytest.fixture(scope="module")
def module_connect(module_environment: dict[str, str], module_serve: Callable[..., "Server"]):
    """As `connect`, but over HTTP one process serves all clients of a module that want the same."""
    urls: dict[tuple[str, Path], str] = {}

    @contextlib.asynccontextmanager
    async def open_client(transport: str, era: str, cartridges: Path):
        if transport == "stdio":
            command = ["-m", "vrom", "serve", "--cartridges", str(cartridges)]
            parameters = StdioServerParameters(command=sys.executable, args=command, env=module_environment)
            async with Client(stdio_client(parameters), mode=era) as client:
                yield client
            return
        if (transport, cartridges) not in urls:
            urls[transport, cartridges] = module_serve(cartridges, "--transport", transport).url
        async with client_of(urls[transport, cartridges], transport, era) as client:
            yield client

    return open_client


@contextlib.contextmanager
def listening(command: list[str], environment: dict[str, str]) -> Iterator[str]:
    """A server process; gives the address that it says it listens on."""
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as process:
        server = Server(process)
        try:
            yield server.url
        finally:
            server.stop()


@dataclass
class Response:
    """What a server answers."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def message(self) -> str:
        """The text of the JSON-RPC error."""
        return self.json["error"]["message"]


class Server:
    """A process that serves over HTTP. What it writes to stderr is read all the time and kept in `log`."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process
        self.log: list[str] = []
        assert process.stderr
        for line in process.stderr:
            self.log.append(line)
            if found := re.search(r"vrom listens on (http://\S+)", line):
                self.url = found[1]
                break
        else:
            pytest.fail(f"it ended with code {process.wait(60)}: {''.join(self.log)}")
        self._reader = threading.Thread(target=lambda: self.log.extend(process.stderr), daemon=True)
        self._reader.start()

    def request(self, method: str, path: str, body: Any = None, timeout: float = 60, **headers: str) -> Response:
        """One request on a connection of its own. Headers as keywords, `content_type="text/plain"`.

        A body that isn't bytes is sent as JSON, with the headers that MCP wants.
        """
        address = urlsplit(self.url)
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
        if body is not None:
            accepted = {"content-type": "application/json", "accept": "application/json, text/event-stream"}
            sent = accepted | sent
        connection = http.client.HTTPConnection("127.0.0.1", address.port, timeout=timeout)
        with contextlib.closing(connection):
            connection.request(method, path, body, sent)
            answer = connection.getresponse()
            return Response(answer.status, answer.headers, answer.read())

    def call(self, tool: str, timeout: float = 60, token: str = "", **arguments: Any) -> Response:
        """Call a tool, in the era that needs no handshake over HTTP."""
        request = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": tool, "arguments": arguments}}
        headers = {"authorization": f"Bearer {token}"} if token else {}
        return self.request("POST", "/mcp", request, timeout, **headers)

    def stop(self) -> int:
        """End it with SIGTERM; gives its exit code."""
        self.process.terminate()
        try:
            return self.process.wait(60)
        finally:
            self.process.kill()
            self._reader.join(5)


@contextlib.contextmanager
def starting(environment: dict[str, str]) -> Iterator[Callable[..., Server]]:
    """Start `vrom serve` over HTTP with options, on a free port; `variables` are added to its environment."""
    with contextlib.ExitStack() as started:

        def start(cartridges: Path, *options: str, variables: dict[str, str] | None = None) -> Server:
            where = ["--cartridges", str(cartridges), "--port", "0"]
            transport = [] if "--transport" in options else ["--transport", "streamable-http"]
            command = [sys.executable, "-m", "vrom", "serve", *where, *transport, *options]
            process = started.enter_context(
                subprocess.Popen(command, env=environment | (variables or {}), stderr=subprocess.PIPE, text=True)
            )
            server = Server(process)
            started.callback(server.stop)
            return server

        yield start


@pytest.fixture
def serve(environment: dict[str, str]) -> Iterator[Callable[..., Server]]:
    """Start servers that live as long as the test; see `starting`."""
    with starting(environment) as start:
        yield start


@pytest.fixture
def serve_in(environment: dict[str, str]) -> Iterator[Callable[..., Server]]:
    """Start servers over HTTP in a project's folder, for that project."""
    with contextlib.ExitStack() as started:

        def start(folder: Path, *options: str) -> Server:
            command = [sys.executable, "-m", "vrom", "serve", "--transport", "streamable-http", "--port", "0", *options]
            process = started.enter_context(
                subprocess.Popen(command, cwd=folder, env=environment, stderr=subprocess.PIPE, text=True)
            )
            server = Server(process)
            started.callback(server.stop)
            return server

        yield start


@pytest.fixture(scope="module")
def module_serve(module_environment: dict[str, str]) -> Iterator[Callable[..., Server]]:
    """Start servers that all tests of a module may ask, for those that leave a server as it was; see `starting`."""
    with starting(module_environment) as start:
        yield start


@dataclass
class SlowPackage:
    """A package whose index can't be read before `release`: a call that needs it takes as long."""

    folder: Path

    @property
    def _held(self) -> Path:
        return self.folder.with_name(f".held-{self.folder.name}")

    @property
    def _hold(self) -> Path:
        return self.folder.with_name(f".hold-{self.folder.name}")

    def is_awaited(self) -> bool:
        """Whether somebody wants to read it."""
        return self._held.exists()

    def __enter__(self) -> "SlowPackage":
        self._hold.touch()
        return self

    def __exit__(self, *_: object) -> None:
        """A test that fails must not wait for it."""
        self._hold.unlink(missing_ok=True)

    def release(self) -> None:
        """Let whoever waits for it read it, and those who come later."""
        wait_until(self.is_awaited)
        self._hold.unlink()


@pytest.fixture
def slow_package(make_package, environment) -> Iterator[Callable[[str], SlowPackage]]:
    """Make a package named like this that nobody can read yet, in processes that are started and in this one."""
    environment["PYTHONPATH"] = str(HOLDING)
    hold_up_this_process()
    with contextlib.ExitStack() as made:

        def make(name: str) -> SlowPackage:
            folder = make_package(name, {"slow.md": ["# Slow\n\nThis takes its time."]})
            return made.enter_context(SlowPackage(folder))

        yield make


@cache
def hold_up_this_process() -> None:
    """Once: an audit hook can't be taken off."""
    runpy.run_path(str(HOLDING / "sitecustomize.py"))


def wait_until(condition: Callable[[], Any], seconds: float = 60, pause: float = 0.02) -> None:
    """Wait for what happens in another process, with a longer `pause` where looking costs something."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it has not happened"
        time.sleep(pause)


@pytest.fixture(name="wait_until")
def _wait_until() -> Callable[..., None]:
    return wait_until
