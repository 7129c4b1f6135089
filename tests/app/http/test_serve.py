"""Listening, worker processes, and the end in good order."""

import os
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest

from vrom.app.http.serve import listen

PAGES = {"kettle.md": ["# Kettle\n\nFill it, then switch it on."]}


@pytest.mark.timeout(300)
@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_call_that_is_at_work_is_answered_before_the_server_ends(serve, slow_package, wait_until, number):
    slow = slow_package("slow")
    server = serve(slow.folder.parent)
    with ThreadPoolExecutor(1) as pool, slow:
        call = pool.submit(server.call, "search_docs", query="time", mode="lexical")
        wait_until(lambda: slow.is_awaited() and open_requests(server) == 2)
        server.process.send_signal(number)
        time.sleep(1.2)  # sse-starlette would have cut the answer by then
        slow.release()
        answer = call.result()
        assert answer.status == 200
        assert b"slow#0" in answer.body
    assert server.process.wait(60) == 0


@pytest.mark.timeout(300)
@pytest.mark.slow
def test_a_call_that_never_ends_does_not_hold_the_server(serve, slow_package, wait_until):
    slow = slow_package("slow")
    server = serve(slow.folder.parent)
    with ThreadPoolExecutor(1) as pool, slow:
        pool.submit(server.call, "search_docs", query="time", mode="lexical")
        wait_until(lambda: slow.is_awaited() and open_requests(server) == 2)
        assert server.stop() == 0


@pytest.mark.timeout(300)
@pytest.mark.slow
def test_a_client_that_only_listens_does_not_hold_the_server(serve, make_package):
    server = serve(make_package("kettle", PAGES).parent, "--transport", "sse")
    with socket.create_connection(("127.0.0.1", urlsplit(server.url).port)) as listening:
        listening.sendall(b"GET /sse HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n")
        assert b"event: endpoint" in listening.recv(4096) + listening.recv(4096)
        assert server.stop() == 0
        assert "timeout graceful shutdown exceeded" not in "".join(server.log)


@pytest.mark.timeout(300)
@pytest.mark.slow
def test_workers_share_the_port_and_end_together(serve, make_package, wait_until):
    server = serve(make_package("kettle", PAGES).parent, "--workers", "2")
    assert server.call("list_cartridges").status == 200
    workers = children_of(server.process.pid)
    assert len(workers) >= 2
    assert server.stop() == 0
    wait_until(lambda: not any(is_alive(worker) for worker in workers))


@pytest.mark.timeout(300)
@pytest.mark.slow
def test_workers_do_not_outlive_the_process_that_started_them(serve, make_package, wait_until):
    server = serve(make_package("kettle", PAGES).parent, "--workers", "2")
    wait_until(lambda: server.request("GET", "/readyz").status == 200)
    workers = children_of(server.process.pid)
    server.process.kill()
    wait_until(lambda: not any(is_alive(worker) for worker in workers))


@pytest.mark.timeout(300)
@pytest.mark.slow
def test_a_worker_that_dies_is_replaced(serve, make_package, wait_until):
    server = serve(make_package("kettle", PAGES).parent, "--workers", "2")
    wait_until(lambda: server.request("GET", "/readyz").status == 200)
    before = children_of(server.process.pid)
    for worker in before:
        os.kill(worker, signal.SIGKILL)
    wait_until(lambda: len(set(children_of(server.process.pid)) - set(before)) >= 2, pause=0.3)
    assert server.call("list_cartridges").status == 200


@pytest.mark.slow
@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (["--transport", "sse", "--workers", "2"], "an SSE client keeps talking to the process"),
        (["--host", "192.0.2.1"], "can't listen there"),
        (["--rate-limit", "often"], "expected a number and a unit"),
        (["--require-token"], "but no token exists"),
        (["--log-file", "/nowhere/at/all.log"], "it can't be written"),
    ],
)
def test_what_cannot_be_served_is_said_before_it_starts(environment, options, problem):
    transport = [] if "--transport" in options else ["--transport", "streamable-http"]
    command = [sys.executable, "-m", "vrom", "serve", "--port", "0", *transport, *options]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
    assert ended.returncode == 1
    assert problem in ended.stderr
    assert "listens on" not in ended.stderr


@pytest.mark.slow
def test_a_port_that_is_taken_is_said(environment):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        command = [sys.executable, "-m", "vrom", "serve", "--transport", "streamable-http", "--port", port]
        ended = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
    assert ended.returncode == 1
    assert f"--port {port}: can't listen there" in ended.stderr


def open_requests(server) -> float:
    """How many it is at work on, the one that asks included."""
    lines = server.request("GET", "/metrics").body.decode().splitlines()
    return next(float(line.split()[1]) for line in lines if line.startswith("vrom_http_open_requests "))


def test_an_answer_in_parts_is_sent_without_waiting():
    with listen("127.0.0.1", 0) as listening, socket.create_connection(listening.getsockname()):
        accepted, _ = listening.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def children_of(process: int) -> list[int]:
    """The worker processes that a process has started."""
    listed = subprocess.run(["ps", "-ww", "-A", "-o", "pid=,ppid=,args="], capture_output=True, text=True, check=True)
    rows = [line.split(None, 2) for line in listed.stdout.splitlines()]
    return [int(pid) for pid, parent, args in rows if int(parent) == process and "spawn_main" in args]


def is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True
