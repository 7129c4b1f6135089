"""stdin and stdout as the host sees them."""

import json
import subprocess
import sys
import time

import pytest

pytestmark = pytest.mark.slow

PAGES = {"kettle.md": ["# Kettle\n\n" + "Fill it, then switch it on. " * 200]}
STRAY = """
import asyncio, os, subprocess, sys
from vrom.app.stdio.streams import host_streams

async def serve():
    async with host_streams() as (read, write):
        print("printed", flush=True)
        os.write(1, b"written")
        subprocess.run(["echo", "a child's"])
        print(os.read(0, 10), flush=True)
        async with read, write:
            async for message in read:
                await write.send(message)

asyncio.run(serve())
"""


def call(number: int, **arguments: object) -> bytes:
    params = {"name": "read_document", "arguments": {"cartridge": "kettle", "source_file": "kettle.md"} | arguments}
    return json.dumps({"jsonrpc": "2.0", "id": number, "method": "tools/call", "params": params}).encode() + b"\n"


@pytest.mark.parametrize("pause", [0, 1.5], ids=["a host that reads", "a host that reads late"])
def test_every_answer_arrives_whole_however_late_it_is_read(environment, make_package, pause):
    root = make_package("kettle", PAGES).parent
    hello = {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}
    initialize = {"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": hello}
    command = [sys.executable, "-m", "vrom", "serve", "--cartridges", str(root)]
    with subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        process.stdin.write(json.dumps(initialize).encode() + b"\n")
        process.stdin.write(b'{"jsonrpc": "2.0", "method": "notifications/initialized"}\n')
        process.stdin.write(b"".join(call(number) for number in range(1, 101)))
        process.stdin.flush()
        time.sleep(pause)
        answers = [json.loads(process.stdout.readline()) for _ in range(101)]
        process.stdin.close()
    assert sorted(answer["id"] for answer in answers) == list(range(101))
    texts = {answer["result"]["content"][0]["text"] for answer in answers if answer["id"]}
    assert len(texts) == 1
    assert "switch it on" in texts.pop()


def test_what_else_is_printed_never_reaches_the_host(environment):
    said = {"jsonrpc": "2.0", "method": "notifications/\u00e9"}
    line = json.dumps(said, ensure_ascii=False).encode() + b"\n"
    ran = subprocess.run([sys.executable, "-c", STRAY], input=line, env=environment, capture_output=True, timeout=60)
    assert json.loads(ran.stdout) == said
    assert sorted(ran.stderr.split()) == sorted([b"printed", b"writtena", b"child's", b"b''"])


def test_a_line_that_can_t_be_read_is_answered_and_the_next_is_handed_on(environment):
    said = {"jsonrpc": "2.0", "id": 4, "method": "ping"}
    lines = [
        b'{"jsonrpc": "2.0", "id": 1.5, "method": "ping"}',
        b'{"jsonrpc": "2.0", "id": 2, "method": "pi',
        rb'{"jsonrpc": "2.0", "id": 3, "method": "ping", "params": {"x": "\ud800"}}',
        json.dumps(said).encode(),
    ]
    content = b"\n".join(lines) + b"\n"
    ran = subprocess.run([sys.executable, "-c", STRAY], input=content, env=environment, capture_output=True, timeout=60)
    *errors, repaired, handed_on = [json.loads(answer) for answer in ran.stdout.splitlines()]
    assert [(error["id"], error["error"]["code"]) for error in errors] == [(None, -32600), (2, -32700)]
    assert repaired == {"jsonrpc": "2.0", "id": 3, "method": "ping", "params": {"x": "\ufffd"}}
    assert handed_on == said


@pytest.mark.parametrize("given", ["pipe", "file"])
@pytest.mark.parametrize("line", ["short", "x" * 3_000_000, "last without an end"], ids=["short", "long", "unended"])
def test_lines_arrive_whole_from_a_pipe_and_from_a_file(environment, tmp_path, given, line):
    said = [{"jsonrpc": "2.0", "method": f"notifications/{number}", "params": {"of": line}} for number in range(3)]
    content = b"\n".join(json.dumps(one).encode() for one in said)
    content += b"" if "without" in line else b"\n"
    (tmp_path / "said").write_bytes(content)
    with (tmp_path / "said").open("rb") as file:
        stdin = {"stdin": file} if given == "file" else {"input": content}
        ran = subprocess.run([sys.executable, "-c", STRAY], **stdin, env=environment, capture_output=True, timeout=60)
    assert [json.loads(answer) for answer in ran.stdout.splitlines()] == said
