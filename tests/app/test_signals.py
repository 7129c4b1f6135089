"""The end of a server over stdio: as soon as the host is gone or asks for it, whatever it is doing.

The waits are much longer than the second it takes, since the machine may be busy; what would fail never ends.
"""

import json
import os
import select
import signal
import subprocess
import sys
import time

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.timeout(60)]

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
        assert process.wait(60) == 0


def test_closing_stdin_ends_a_server_with_calls_in_flight(host, wait_until):
    process, slow = host
    for number in range(1, 9):
        say(process, call(number, "search_docs", query="time"))
    wait_until(slow.is_awaited)
    process.stdin.close()
    assert process.wait(60) == 0
    assert b"result" not in process.stdout.read()


def test_closing_stdin_ends_a_server_whose_answers_nobody_reads(host, wait_until):
    process, _ = host
    for number in range(1, 400):
        say(process, call(number, "list_cartridges", response_format="json"))
    wait_until(lambda: waiting_bytes(process.stdout) > 30_000)
    wait_until(lambda: has_stopped_writing(process.stdout))
    process.stdin.close()
    assert process.wait(60) == 0


@pytest.mark.parametrize("seconds", [0, 0.1, 0.3, 0.6])
def test_closing_stdin_ends_a_server_that_loads_its_model_and_indexes(environment, make_package, seconds):
    root = make_package("kettle", {"kettle.md": ["# Kettle\n\nFill it, then switch it on."]}).parent
    command = [sys.executable, "-m", "vrom", "serve", "--cartridges", str(root)]
    with subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        say(process, INITIALIZE)
        process.stdout.readline()
        say(process, INITIALIZED)
        say(process, call(1, "search_docs", query="boiling water", mode="semantic"))
        time.sleep(seconds)  # which part of it that meets depends on the machine; none may hold the end up
        process.stdin.close()
        assert process.wait(60) == 0


HELD = """
import re, sys, threading
from pathlib import Path
from vrom.app.stdio import watchdog as guard
from vrom.app.server import create_server
from vrom.app.stdio.serve import serve_stdio
from vrom.library.library import Library

guarded, start = threading.Event(), guard.Guard._start
guard.Guard._start = lambda self: (start(self), guarded.set())
guard.LARGE = 0

def hold():
    guarded.wait()
    sys.stderr.write("held\\n")
    re.match("(a+)+b", "a" * 60)

threading.Thread(target=hold, daemon=True).start()
serve_stdio(create_server(Library([Path(sys.argv[1])], cache=Path(sys.argv[2]), models=Path(sys.argv[2]))))
"""
"""A server in which native code holds the interpreter for years, as the parser of a large index does for seconds."""


@pytest.mark.skipif(not hasattr(select, "poll"), reason="the system doesn't tell that a pipe was closed")
def test_closing_stdin_ends_a_server_whose_interpreter_is_held(environment, make_package, tmp_path):
    root = make_package("kettle", {"kettle.md": ["# Kettle"]}).parent
    command = [sys.executable, "-c", HELD, str(root), str(tmp_path / "cache")]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, env=environment, stdin=pipe, stdout=pipe, stderr=pipe) as process:
        try:
            assert process.stderr.readline() == b"held\n"
            process.stdin.close()
            assert process.wait(60) == -signal.SIGKILL
        finally:
            process.kill()


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, -signal.SIGTERM)])
def test_a_signal_ends_a_server_with_a_call_in_flight(host, wait_until, number, code):
    process, slow = host
    say(process, call(1, "search_docs", query="time"))
    wait_until(slow.is_awaited)
    process.send_signal(number)
    assert process.wait(60) == code


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
