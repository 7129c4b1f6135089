"""The end of a server over stdio: as soon as the host is gone or asks for it, whatever it is doing.

The waits are much longer than the second it takes, since the machine may be busy; what would fail never ends.
"""

import json
import os
import signal
import subprocess
import sys
import time

import pytest

INITIALIZE = {
    "jsonrpc": "2.0",
    "id": 0,
    "method": "initialize",
    "params": {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}},
}
INITIALIZED = {"jsonrpc": "2.0", "method": "notifications/initialized"}


@pytest.fixture
def host(environment, slow_package):
    """A server with a call in flight, as its host sees it: stdin, stdout, and a process."""
    slow = slow_package("slow")
    command = [sys.executable, "-m", "vrom", "serve", "--cartridges", str(slow.folder.parent)]
    with subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        try:
            say(process, INITIALIZE)
            assert json.loads(process.stdout.readline())["result"]["serverInfo"]["name"] == "vrom"
            say(process, INITIALIZED)
            yield process, slow
        finally:
            process.kill()


def say(process, message) -> None:
    process.stdin.write(json.dumps(message).encode() + b"\n")
    process.stdin.flush()


def call(number: int, tool: str, **arguments):
    params = {"name": tool, "arguments": arguments}
    return {"jsonrpc": "2.0", "id": number, "method": "tools/call", "params": params}


def test_closing_stdin_ends_an_idle_server(host):
    process, slow = host
    with slow:
        process.stdin.close()
        assert process.wait(10) == 0


def test_closing_stdin_ends_a_server_with_calls_in_flight(host, wait_until):
    process, slow = host
    for number in range(1, 9):
        say(process, call(number, "search_docs", query="time"))
    wait_until(slow.is_awaited)
    process.stdin.close()
    assert process.wait(10) == 0
    assert b"result" not in process.stdout.read()


def test_closing_stdin_ends_a_server_whose_answers_nobody_reads(host, wait_until):
    process, _ = host
    for number in range(1, 400):
        say(process, call(number, "list_cartridges", response_format="json"))
    wait_until(lambda: waiting_bytes(process.stdout) > 30_000)
    wait_until(lambda: has_stopped_writing(process.stdout))
    process.stdin.close()
    assert process.wait(10) == 0


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, -signal.SIGTERM)])
def test_a_signal_ends_a_server_with_a_call_in_flight(host, wait_until, number, code):
    process, slow = host
    say(process, call(1, "search_docs", query="time"))
    wait_until(slow.is_awaited)
    process.send_signal(number)
    assert process.wait(10) == code


def test_a_server_started_without_stdin_ends(environment, make_package):
    command = [sys.executable, "-m", "vrom", "serve", "--cartridges", str(make_package("k", {"k.md": ["# K"]}).parent)]
    ended = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, timeout=60)
    assert (ended.returncode, ended.stdout) == (0, b"")
    assert os.linesep.encode() not in ended.stderr


def waiting_bytes(pipe) -> int:
    """How much has been written that nobody has read."""
    import fcntl
    import termios

    return int.from_bytes(fcntl.ioctl(pipe.fileno(), termios.FIONREAD, bytes(4)), sys.byteorder)


def has_stopped_writing(pipe) -> bool:
    before = waiting_bytes(pipe)
    time.sleep(0.3)
    return waiting_bytes(pipe) == before
