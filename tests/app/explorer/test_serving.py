"""The pages of real processes: `vrom serve --explorer`, and `vrom explore`."""

import contextlib
import http.client
import re
import signal
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest

from vrom.app.http.bearer_tokens import KnownTokens

pytestmark = pytest.mark.slow

PAGES = {"kettle.md": ["# Kettle\n\nFill it, then switch it on."]}
FORM = {"content_type": "application/x-www-form-urlencoded"}


@pytest.fixture(scope="module")
def root(write_package, tmp_path_factory) -> Path:
    return write_package(tmp_path_factory.mktemp("cartridges"), "kettle", PAGES).parent


@pytest.fixture(scope="module")
def guarded(module_serve, module_environment, root):
    """A server that wants a token, with one known: gives both."""
    token = KnownTokens(Path(module_environment["VROM_HOME"]) / "tokens").add("laptop")
    server = module_serve(root, "--require-token", "--explorer", "--workers", "2")
    server.request("GET", "/healthz", timeout=90)  # until the first worker has started
    return server, token


def test_without_the_option_there_are_no_pages(serve, root):
    assert serve(root).request("GET", "/explorer/").status == 404


def test_on_loopback_the_pages_are_as_open_as_the_protocol_and_read_only(serve, root):
    server = serve(root, "--explorer")
    page = server.request("GET", "/explorer/")
    assert page.status == 200
    assert b"kettle" in page.body
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert server.request("POST", "/explorer/remove", b"id=kettle&sure=1", **FORM).status == 404
    assert server.request("GET", "/explorer/", host="evil.example").status == 421
    assert server.request("GET", "/explorer/", origin="https://evil.example").status == 403
    assert server.call("list_cartridges").status == 200


def test_where_tokens_are_needed_the_form_takes_them(guarded):
    server, token = guarded
    assert server.request("GET", "/explorer/").status == 303
    assert server.request("GET", "/explorer/", authorization=f"Bearer {token}").status == 303
    assert server.request("POST", "/explorer/enter", urlencode({"token": "vrom_x"}).encode(), **FORM).status == 401
    entered = server.request("POST", "/explorer/enter", urlencode({"token": token}).encode(), **FORM)
    assert entered.status == 303
    cookie = entered.headers["set-cookie"].partition(";")[0]
    assert token not in cookie
    for _ in range(6):  # any of the workers may answer
        assert b"kettle" in server.request("GET", "/explorer/", cookie=cookie).body
    assert server.request("POST", "/mcp", {}, cookie=cookie).status == 401, "a session is for pages alone"


def test_over_stdio_there_are_no_pages():
    command = [sys.executable, "-m", "vrom", "serve", "--explorer"]
    ended = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
    assert ended.returncode == 2
    assert "--transport streamable-http" in ended.stderr


def test_explore_prints_an_address_that_works_once_and_ends_with_the_terminal(environment, root):
    command = [sys.executable, "-m", "vrom", "explore", "--no-browser", "--cartridges", str(root)]
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as process:
        try:
            found = re.search(r"vrom explores on (\S+)", process.stderr.readline())
            address = urlsplit(found[1])
            assert address.hostname == "127.0.0.1"

            def get(path, **headers):
                connection = http.client.HTTPConnection("127.0.0.1", address.port, timeout=20)
                with contextlib.closing(connection):
                    connection.request("GET", path, headers=headers)
                    answer = connection.getresponse()
                    return answer.status, answer.getheader("set-cookie"), answer.read().decode()

            assert get("/explorer/")[0] == 303
            status, cookie, _ = get(f"{address.path}?{address.query}")
            assert status == 303
            assert "kettle" in get("/explorer/", cookie=cookie.partition(";")[0])[2]
            assert get(f"{address.path}?{address.query}")[1] is None
            process.send_signal(signal.SIGINT)
            assert process.wait(60) == 0
        finally:
            process.kill()
