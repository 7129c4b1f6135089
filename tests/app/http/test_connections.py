"""Connections that send nothing, little, or come in masses are closed and counted; the others are answered."""

import asyncio
import contextlib
import time

import pytest
import uvicorn

from vrom.app.http import connections
from vrom.app.http.connections import LimitedConnection, closed_connections


async def hello(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})


async def slow(scope, receive, send):
    await asyncio.sleep(0.6)
    await hello(scope, receive, send)


@contextlib.asynccontextmanager
async def served(application=hello):
    config = uvicorn.Config(application, port=0, http=LimitedConnection, log_config=None, lifespan="off")
    server = uvicorn.Server(config)
    running = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        await running


@pytest.fixture
def counted(monkeypatch):
    monkeypatch.setattr(connections, "HEADER_SECONDS", 0.3)
    before = {reason: closed_connections.labels(reason)._value.get() for reason in ("headers", "address")}
    return lambda reason: closed_connections.labels(reason)._value.get() - before[reason]


REQUEST = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"


@pytest.mark.timeout(20)
@pytest.mark.parametrize("sent", [b"", b"GET / HTTP/1.1\r\nHost: localhost\r\nX: "], ids=["nothing", "a part"])
def test_headers_that_do_not_arrive_are_not_waited_for(counted, sent):
    async def session():
        async with served() as port:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(sent)
            begun = time.monotonic()
            with contextlib.suppress(ConnectionError):
                while sent and not (reader.at_eof() or reader.exception()):  # a reset is no end of file
                    writer.write(b"x")  # endless, byte by byte
                    await asyncio.sleep(0.02)
                await reader.read()
            assert time.monotonic() - begun < 5
            writer.close()

    asyncio.run(session())
    assert counted("headers") == 1


@pytest.mark.timeout(20)
def test_headers_of_a_later_request_have_the_same_time(counted):
    async def session():
        async with served() as port:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(REQUEST)
            assert (await reader.readuntil(b"ok")).startswith(b"HTTP/1.1 200")
            writer.write(b"GET / HTTP/1.1\r\n")
            with contextlib.suppress(ConnectionError):
                assert await reader.read() == b""
            writer.close()

    asyncio.run(session())
    assert counted("headers") == 1


@pytest.mark.timeout(20)
def test_an_answer_may_take_longer(counted):
    async def session():
        async with served(slow) as port:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(REQUEST)
            assert (await reader.readuntil(b"ok")).startswith(b"HTTP/1.1 200")
            writer.close()

    asyncio.run(session())
    assert counted("headers") == 0


@pytest.mark.timeout(20)
def test_one_address_has_so_many_connections_at_most_and_closed_ones_make_room(counted, monkeypatch):
    monkeypatch.setattr(connections, "MOST_CONNECTIONS", 3)
    monkeypatch.setattr(connections, "HEADER_SECONDS", 30.0)

    async def session():
        async with served() as port:
            opened = [await asyncio.open_connection("127.0.0.1", port) for _ in range(4)]
            with contextlib.suppress(ConnectionError):
                assert await opened[3][0].read() == b""
            for _, writer in opened:
                writer.close()
            await asyncio.sleep(0.1)
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(REQUEST)
            assert (await reader.readuntil(b"ok")).startswith(b"HTTP/1.1 200")
            writer.close()

    asyncio.run(session())
    assert counted("address") == 1
