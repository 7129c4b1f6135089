"""A client that means harm, or doesn't know better: each request is refused clearly, and the server goes on."""

import contextlib
import json
import socket
from urllib.parse import urlsplit

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

PAGES = {"kettle.md": ["# Kettle\n\nFill it, then switch it on."]}
CLIENT = {"name": "test", "version": "1"}
META = {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientInfo": CLIENT,
    "io.modelcontextprotocol/clientCapabilities": {},
}


@pytest.fixture(scope="module")
def running(module_serve, write_package, tmp_path_factory):
    server = module_serve(write_package(tmp_path_factory.mktemp("cartridges"), "kettle", PAGES).parent)
    yield server
    server.stop()
    assert "Traceback" not in "".join(server.log), "what clients send is no accident of ours"


@pytest.fixture
def server(running):
    yield running
    assert running.call("search_docs", query="kettle", mode="lexical").status == 200, "the server goes on"
    assert "Traceback" not in "".join(running.log), "what clients send is no accident of ours"


def ask(server, method, **params):
    """A request in the era with a handshake; its answer is an event stream."""
    answer = server.request("POST", "/mcp", {"jsonrpc": "2.0", "id": 1, "method": method, "params": params})
    assert answer.status == 200
    (data,) = [line[6:] for line in answer.body.decode().splitlines() if line.startswith("data: ")]
    return json.loads(data)


def ask_without_handshake(server, method, **params):
    """A request in the era since 2026-07-28, which repeats the method and the name in headers."""
    headers = {"mcp-protocol-version": "2026-07-28", "mcp-method": method} | (
        {"mcp-name": params["name"]} if "name" in params else {}
    )
    request = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params | {"_meta": META}}
    return server.request("POST", "/mcp", request, **headers).json


BODIES = {
    "nothing": b"",
    "no JSON": b"}{",
    "invalid UTF-8": b'{"jsonrpc": "2.0", "id": 1, "method": "\xff\xfe"}',
    "a batch": b'[{"jsonrpc": "2.0", "id": 1, "method": "ping"}]',
    "no message": b'{"hello": "world"}',
    "no method": b'{"jsonrpc": "2.0", "id": 1}',
    "another version": b'{"jsonrpc": "1.0", "id": 1, "method": "ping"}',
    "deep": b"[" * 100_000 + b"]" * 100_000,
    "an endless number": b'{"jsonrpc": "2.0", "id": ' + b"9" * 5000 + b', "method": "ping"}',
    "null bytes": b"\0" * 100,
    "a number with a point as id": b'{"jsonrpc": "2.0", "id": 1.5, "method": "ping"}',
    "null as id": b'{"jsonrpc": "2.0", "id": null, "method": "ping"}',
    "true as id": b'{"jsonrpc": "2.0", "id": true, "method": "ping"}',
    "an object as id": b'{"jsonrpc": "2.0", "id": {"a": 1}, "method": "ping"}',
}


def test_bodies_that_are_no_request_are_refused(server):
    for era in ({}, {"mcp_protocol_version": "2026-07-28"}):
        for name, body in BODIES.items():
            answer = server.request("POST", "/mcp", body, **era)
            assert 400 <= answer.status < 500, (name, answer.status, answer.body[:200])
            assert answer.json["error"]["message"], name


def test_other_methods_types_and_places_are_refused(server):
    assert server.request("POST", "/mcp", {}, content_type="text/plain").status in {400, 415}
    ping = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
    assert server.request("POST", "/mcp", ping, accept="text/html").status == 406
    assert server.request("PUT", "/mcp", {}).status == 405
    assert server.request("POST", "/metrics", {}).status in {404, 405}
    for path in ("/", "/mcp/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/mcp%00", "/.env"):
        assert server.request("GET", path).status == 404


def test_what_is_not_http_at_all_is_refused(server):
    lines = [b"\x16\x03\x01\x02\x00\x01\x00", b"GET\r\n\r\n", b"POST /mcp HTTP/1.1\r\nContent-Length: -5\r\n\r\n"]
    lines.append(b"GET /mcp HTTP/1.1\r\nHost: localhost\r\nX: " + b"x" * 200_000 + b"\r\n\r\n")
    for line in lines:
        with socket.create_connection(("127.0.0.1", urlsplit(server.url).port), timeout=20) as connection:
            connection.sendall(line + b"\r\n\r\n")
            connection.shutdown(socket.SHUT_WR)
            with contextlib.suppress(ConnectionResetError):
                assert connection.recv(100)[:10] in {b"HTTP/1.1 4", b""}


def test_cursors_that_were_made_up_are_refused(server):
    for cursor in ("made up", "AAAA", "e30=", "../../etc/passwd", "\0", "9" * 1000, "é"):
        for tool, arguments in [("search_docs", {"query": "x"}), ("read_document", {"cartridge": "kettle"})]:
            result = ask(server, "tools/call", name=tool, arguments=arguments | {"cursor": cursor})["result"]
            assert result["isError"], cursor
            assert "cursor" in result["content"][0]["text"]
        assert ask(server, "resources/list", cursor=cursor)["error"]["code"] == -32602


def test_paths_lead_nowhere_but_into_cartridges(server):
    for path in ("../../etc/passwd", "..", "/etc/passwd", "..\\..\\x", "%2e%2e/x", "kettle.md/../../x", "\0"):
        for arguments in ({"cartridge": "kettle", "source_file": path}, {"cartridge": path}):
            result = ask(server, "tools/call", name="read_document", arguments=arguments)["result"]
            assert result["isError"], path
            assert "root:" not in str(result)
        for uri in (f"vrom://kettle/{path}", f"vrom://{path}", f"file:///{path}"):
            assert "error" in ask(server, "resources/read", uri=uri), uri


def test_names_that_do_not_exist_are_answered_with_those_that_do(server):
    for ask_for in (ask, ask_without_handshake):
        prompt = ask_for(server, "prompts/get", name="answer_from_doc", arguments={})["error"]
        assert prompt["code"] == -32602
        assert "answer_from_docs" in prompt["message"]
        missing = ask_for(server, "prompts/get", name="answer_from_docs", arguments={})["error"]
        assert missing["code"] == -32602
        assert "question" in missing["message"]
        assert ask_for(server, "made/up")["error"]["code"] == -32601
    tool = ask(server, "tools/call", name="search_doc", arguments={})["result"]
    assert tool["isError"]
    assert "Did you mean 'search_docs'" in tool["content"][0]["text"]
