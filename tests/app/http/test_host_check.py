"""A web page must not reach a server on this machine: not from its own origin, nor by a name that leads here."""

import pytest

from vrom.app.http.host_check import allowed_names

PAGES = {"kettle.md": ["# Kettle\n\nFill it, then switch it on."]}


@pytest.fixture(scope="module")
def server(module_serve, write_package, tmp_path_factory):
    return module_serve(write_package(tmp_path_factory.mktemp("cartridges"), "kettle", PAGES).parent)


def test_a_foreign_origin_and_a_rebinding_host_are_refused_and_the_server_goes_on(server):
    for path in ("/mcp", "/metrics", "/", "/nowhere"):
        foreign = server.request("POST", path, {}, origin="https://evil.example")
        assert foreign.status == 403
        assert "Origin 'https://evil.example' is not one of the names" in foreign.message
        for host in ("evil.example", "127.0.0.1.evil.example:80", "localhost.evil.example"):
            rebound = server.request("POST", path, {}, host=host)
            assert rebound.status == 421
            assert "--allowed-host" in rebound.message
    assert server.call("list_cartridges").status == 200


def test_a_probe_may_come_under_any_host_and_a_web_page_can_not_pretend_to_be_one(server):
    assert server.request("GET", "/healthz", host="10.0.0.7:9000").status == 200
    assert server.request("GET", "/healthz", origin="https://evil.example").status == 403
    assert server.request("GET", "/readyz", host="evil.example", origin="https://evil.example").status in {403, 421}


@pytest.mark.slow
def test_names_of_its_own_are_allowed(serve, make_package):
    server = serve(make_package("kettle", PAGES).parent, "--allowed-host", "docs.example")
    for host in ("docs.example", "docs.example:80", "localhost:1234", "[::1]"):
        assert server.request("GET", "/metrics", host=host).status == 200
    assert server.request("GET", "/metrics", origin="https://docs.example").status == 200


@pytest.mark.slow
def test_sse_is_guarded_as_well(serve, make_package):
    server = serve(make_package("kettle", PAGES).parent, "--transport", "sse")
    assert server.url.endswith("/sse")
    assert server.request("GET", "/sse", host="evil.example").status == 421
    assert server.request("POST", "/messages/", {}, origin="http://evil.example").status == 403


def test_an_ipv6_address_is_written_in_brackets():
    assert "[fe80::1]" in allowed_names("fe80::1")
    assert "[::1]" in allowed_names("127.0.0.1", ["::1"])


@pytest.mark.slow
def test_names_are_compared_in_any_case_and_as_a_whole(serve, make_package):
    server = serve(make_package("kettle", PAGES).parent, "--allowed-host", "Docs.Example")
    for host in ("LOCALHOST", "Localhost:80", "docs.example", "DOCS.EXAMPLE:443"):
        assert server.request("GET", "/metrics", host=host).status == 200, host
    assert server.request("GET", "/metrics", origin="HTTPS://Docs.Example").status == 200
    listed = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}
    assert server.request("POST", "/mcp", listed, host="LOCALHOST:1").status == 200
    for host in (
        "localhost:evil.example",
        "localhost:80:80",
        "localhost:123456",
        "localhost@evil.example",
        "localhost/",
    ):
        assert server.request("GET", "/metrics", host=host).status == 421, host
    for origin in (
        "http://localhost:evil.example", "http://localhost@evil.example", "http://localhost/x", "null", "file://",
        "http://localhost:80.evil.example", "ftp://localhost", "https://localhost:1:2",
    ):  # fmt: skip
        assert server.request("GET", "/metrics", origin=origin).status == 403, origin
