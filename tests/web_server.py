"""A local web server that fails on request, and a network that reaches it without waiting between tries."""

import hashlib
import ipaddress
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from vrom.network.client import Network
from vrom.network.download import Downloads


@dataclass
class Asked:
    """One request that came."""

    path: str
    headers: dict[str, str]


@dataclass
class Site:
    """Files by path, and how to fail: each list in `failures` is used up, one a request of that path."""

    files: dict[str, bytes] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    """Content types by path; other files have none."""
    etags: bool = True
    ranges: bool = True
    failures: dict[str, list] = field(default_factory=dict)
    """Functions `(handler, content)` that answer in place of the site."""
    asked: list[Asked] = field(default_factory=list)
    port: int = 0

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    def put(self, folder: Path) -> None:
        """Serve the files below a folder."""
        for file in folder.rglob("*"):
            if file.is_file() and not file.name.startswith("."):
                self.files["/" + file.relative_to(folder).as_posix()] = file.read_bytes()

    def fail(self, path: str, *failures) -> None:
        self.failures[path] = list(failures)

    @staticmethod
    def dropped_after(count: int):
        """The connection ends after so many bytes of the body."""

        def answer(handler, content):
            handler.answer(content, sent=count)
            handler.close_connection = True

        return answer

    @staticmethod
    def status(code: int, **headers: str):
        def answer(handler, _content):
            handler.send(code, b"", {name.replace("_", "-"): value for name, value in headers.items()})

        return answer

    @staticmethod
    def redirect(target: str, code: int = 302):
        return Site.status(code, Location=target)

    @staticmethod
    def instead(content: bytes):
        """Another content than the site has."""

        def answer(handler, _content):
            handler.answer(content)

        return answer

    @staticmethod
    def wrong_length(difference: int):
        def answer(handler, content):
            handler.answer(content, declared=len(content) + difference)
            handler.close_connection = True

        return answer

    @staticmethod
    def slow(seconds: float, count: int = 1):
        """The first bytes come at once, the others after a while."""

        def answer(handler, content):
            handler.answer(content, pause=(count, seconds))
            handler.close_connection = True

        return answer

    @staticmethod
    def endless():
        def answer(handler, _content):
            handler.send_response(200)
            handler.end_headers()
            for _ in range(10_000):
                handler.wfile.write(b"x" * 10_000)

        return answer

    def requests(self, path: str) -> list[Asked]:
        return [asked for asked in self.asked if asked.path == path]


def etag(content: bytes) -> str:
    return f'"{hashlib.sha256(content).hexdigest()[:16]}"'


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # headers and body are two packets: the second would wait 40 ms for the first
    site: Site

    def do_GET(self):
        site = self.site
        site.asked.append(Asked(self.path, {name.lower(): value for name, value in self.headers.items()}))
        content = site.files.get(self.path)
        if failures := site.failures.get(self.path):
            return failures.pop(0)(self, content)
        if content is None:
            return self.send(404, b"")
        return self.answer(content)

    def answer(self, content, *, sent=None, declared=None, pause=None):
        """The file as asked for: whole, in part, or not at all where it is known."""
        headers = {"ETag": etag(content)} if self.site.etags else {}
        if kind := self.site.kinds.get(self.path):
            headers["Content-Type"] = kind
        if self.headers.get("If-None-Match") == etag(content) and self.site.etags:
            return self.send(304, b"", headers)
        code, start = 200, 0
        asked = self.headers.get("Range", "").removeprefix("bytes=").rstrip("-")
        condition = self.headers.get("If-Range", etag(content))
        if asked and self.site.ranges and condition == etag(content):
            start = int(asked)
            if start >= len(content):
                return self.send(416, b"", {"Content-Range": f"bytes */{len(content)}"})
            code, headers["Content-Range"] = 206, f"bytes {start}-{len(content) - 1}/{len(content)}"
        body = content[start:]
        self.send_response(code)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body) if declared is None else declared - start))
        self.end_headers()
        if pause:
            count, seconds = pause
            self.wfile.write(body[:count])
            self.wfile.flush()
            time.sleep(seconds)
            body = body[count:]
        self.wfile.write(body if sent is None else body[:sent])
        return None

    def send(self, code, content, headers=None):
        self.send_response(code)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_args):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request, client_address):
        pass  # a client that has gone


def serve(site: Site):
    server = Server(("0.0.0.0", 0), type("Bound", (Handler,), {"site": site}))  # 127.0.0.2 is this machine too
    site.port = server.server_port
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.005}, daemon=True).start()
    return server


@pytest.fixture
def new_site():
    """Start another site: another port, so another origin."""
    servers = []

    def start(**options) -> Site:
        site = Site(**options)
        servers.append(serve(site))
        return site

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def site(new_site) -> Site:
    return new_site()


def is_private(address) -> bool:
    """As if 127.0.0.1 were a public address, and the rest of this machine's were not."""
    return address != ipaddress.ip_address("127.0.0.1")


@pytest.fixture
def pauses() -> list[float]:
    """How long the network has waited between its tries, without having waited."""
    return []


@pytest.fixture
def new_network(pauses, monkeypatch, tmp_path):
    """Make a network whose pauses take no time, and that trusts no certificate: reading the system's takes long."""
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path))
    made = []

    def make(credentials=None) -> Network:
        made.append(Network(credentials, timeout=0.5, is_private=is_private, sleep=pauses.append))
        return made[-1]

    yield make
    for network in made:
        network.close()


@pytest.fixture
def network(new_network) -> Network:
    return new_network()


@pytest.fixture
def downloads(network, tmp_path) -> Downloads:
    return Downloads(network, tmp_path / "downloads", limit=10_000_000)
