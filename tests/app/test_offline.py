"""Serving never touches the network, whatever is asked: no telemetry, no look at a hub, no name looked up."""

import asyncio
import json
import subprocess
import sys
from pathlib import Path

import pytest
from mcp.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client

WATCH = """
import os
import sys

# a bind to port 0 of ::1 is how a library finds out whether there is IPv6
OUTWARD = {"socket.connect", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo", "socket.gethostbyname"}

def note(event, arguments):
    within_this_machine = event == "socket.connect" and not isinstance(arguments[1], tuple)
    if event in OUTWARD and not within_this_machine:
        with open(os.environ["WATCH_LOG"], "a") as log:
            print(event, arguments, file=log)

sys.addaudithook(note)
"""


@pytest.fixture
def watched(environment, tmp_path):
    """An environment in which every Python process writes down what it does with sockets, and where."""
    folder = tmp_path / "watch"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(WATCH)
    log = folder / "log"
    log.touch()
    return environment | {"PYTHONPATH": str(folder), "WATCH_LOG": str(log)}, log


def test_the_watch_sees_a_name_that_is_looked_up(watched):
    environment, log = watched
    subprocess.run(
        [sys.executable, "-c", "import socket; socket.getaddrinfo('localhost', 1)"], env=environment, check=True
    )
    assert "socket.getaddrinfo" in log.read_text()


@pytest.mark.slow
def test_serving_over_stdio_opens_no_connection(watched, make_package, embedder):
    environment, log = watched
    pages = {"kettle.md": ["# Kettle\n\nFill it, then switch it on.", "## Errors\n\nE_DRY_BOIL: it was empty."]}
    root = make_package("kettle", pages, embedder=embedder).parent

    async def session():
        command = ["-m", "vrom", "serve", "--cartridges", str(root)]
        parameters = StdioServerParameters(command=sys.executable, args=command, env=environment)
        async with Client(stdio_client(parameters)) as client:
            found = await client.call_tool("search_docs", {"query": "boiling water", "mode": "semantic"})
            assert "kettle#" in found.content[0].text
            assert "model" not in found.content[0].text, "it searches with the model, and has no note about it"
            place = {"cartridge": "kettle", "chunk_id": 0}
            await client.call_tool("get_chunk_context", place)
            await client.call_tool("read_document", {"cartridge": "kettle"})
            await client.list_resources()
            await client.get_prompt("answer_from_docs", {"question": "how do I boil water"})
            return open_connections(environment["VROM_HOME"])

    assert asyncio.run(session()) in (None, [])
    assert log.read_text() == ""


@pytest.mark.slow
def test_serving_over_http_opens_none_either(watched, serve, make_package, embedder):
    environment, log = watched
    root = make_package("kettle", {"kettle.md": ["# Kettle\n\nFill it."]}, embedder=embedder).parent
    server = serve(root, variables=environment)
    listening = log.read_text()
    assert listening.count("\n") == listening.count("127.0.0.1") <= 1, "the name that it listens on, and no other"
    found = server.call("search_docs", query="boiling water", mode="semantic")
    assert b"kettle#0" in found.body
    assert b"Searched by words only" not in found.body
    assert server.request("GET", "/metrics").status == server.request("GET", "/readyz").status == 200
    server.stop()
    assert log.read_text() == listening


def open_connections(home: str) -> list[str] | None:
    """The network sockets, native code's included, of servers with this home; None where that can't be seen."""
    if not Path("/proc/net/tcp").exists():
        return None
    known = {
        fields[9]: line
        for table in ("tcp", "tcp6", "udp", "udp6")
        if (file := Path("/proc/net", table)).exists()
        for line in file.read_text().splitlines()[1:]
        if len(fields := line.split()) > 9
    }
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if f"VROM_HOME={home}" not in (process / "environ").read_text("utf-8", "replace").split("\0"):
                continue
            links = [str(link.readlink()) for link in (process / "fd").iterdir()]
        except OSError:
            continue
        found += [known[link[8:-1]] for link in links if link.startswith("socket:[") and link[8:-1] in known]
    return found


@pytest.mark.slow
def test_nothing_but_the_protocol_is_on_stdout(environment, make_package):
    root = make_package("kettle", {"kettle.md": ["# Kettle"]}).parent
    command = [sys.executable, "-m", "vrom", "serve", "--cartridges", str(root), "--log-level", "debug"]
    asked = [
        b"not JSON at all",
        json.dumps({"jsonrpc": "2.0", "id": 1, "method": "ping"}).encode(),
        json.dumps({"jsonrpc": "2.0", "id": 2, "method": "made/up"}).encode(),
    ]
    with subprocess.Popen(
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        process.stdin.write(b"\n".join(asked) + b"\n")
        process.stdin.flush()
        answers = [json.loads(process.stdout.readline()) for _ in range(2)]
        process.stdin.close()
        rest = process.stdout.read().splitlines()
    assert all(json.loads(line)["jsonrpc"] == "2.0" for line in rest)
    assert {answer["jsonrpc"] for answer in answers} == {"2.0"}
