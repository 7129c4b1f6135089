"""Message streams over stdin and stdout, read and written by the event loop itself if possible.

The SDK's own streams use a thread pool for every line read, written and flushed. On a busy machine each handover waits
to be scheduled: handovers took a third of the time of a small call, and most of the time of the slowest calls.
"""

import asyncio
import contextlib
import json
import os
import queue
import select
import stat
import threading
from collections.abc import AsyncIterable, AsyncIterator, Iterator
from typing import Any, cast

from mcp.server.stdio import stdio_server

from vrom.app.errors.json_rpc import find_error, repair_characters

LONGEST_LINE = 2**30
"""Maximum bytes of a message."""

CLOSING_SECONDS = 0.5
"""Seconds to wait on closing for a host that doesn't read its responses."""


@contextlib.asynccontextmanager
async def host_streams() -> AsyncIterator[tuple[Any, Any]]:
    """Yield the SDK's message streams over the process's stdin and stdout.

    Meanwhile descriptor 0 is the null device and descriptor 1 is stderr, so that printed output can't break the
    protocol.
    """
    with _diverted() as (given, taken):
        answers = _Answers(taken)
        lines = _readable_lines(_lines(given), answers)
        try:
            async with stdio_server(cast("Any", lines), cast("Any", answers)) as streams:
                yield streams
        finally:
            answers.close()


async def _readable_lines(lines: AsyncIterable[str], answers: "_Answers") -> AsyncIterator[str]:
    """Hand on the lines that the SDK can read; answer the others, which it would drop, with an error."""
    async for line in lines:
        error = find_error(line) if line.strip() else None
        if error is None:
            yield line
            continue
        repaired = repair_characters(line.encode("utf-8", "replace"))
        if find_error(repaired) is None:
            yield repaired.decode()
        else:
            await answers.write(json.dumps(error.as_json()) + "\n")


def _lines(descriptor: int) -> AsyncIterable[str]:
    """Lines sent by the host."""
    return _piped(descriptor) if _is_pipe(descriptor) else _Lines(descriptor)


def _is_pipe(descriptor: int) -> bool:
    """True for a POSIX pipe or socket: the event loop can poll it, and it can safely be made non-blocking."""
    kind = os.fstat(descriptor).st_mode
    return os.name == "posix" and (stat.S_ISFIFO(kind) or stat.S_ISSOCK(kind))


async def _piped(descriptor: int) -> AsyncIterator[str]:
    """Read lines from a pipe, as every host provides."""
    reader = asyncio.StreamReader(limit=LONGEST_LINE)
    stream = os.fdopen(descriptor, "rb", buffering=0)
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), stream
    )
    try:
        async for line in reader:
            yield line.decode("utf-8", "replace")
    finally:
        transport.close()


class _Lines:
    """Read from a file or TTY in a thread: asyncio can't poll files, and would make a TTY non-blocking."""

    def __init__(self, descriptor: int) -> None:
        self._loop = asyncio.get_running_loop()
        self._lines: asyncio.Queue[str | None] = asyncio.Queue()
        threading.Thread(target=self._read, args=(descriptor,), name="vrom-stdin", daemon=True).start()

    def __aiter__(self) -> "_Lines":
        return self

    async def __anext__(self) -> str:
        line = await self._lines.get()
        if line is None:
            raise StopAsyncIteration
        return line

    def _read(self, descriptor: int) -> None:
        with contextlib.suppress(RuntimeError):  # the event loop has ended
            with contextlib.suppress(OSError), os.fdopen(descriptor, "rb") as stream:
                for line in stream:
                    self._hand_over(line.decode("utf-8", "replace"))
            self._hand_over(None)

    def _hand_over(self, line: str | None) -> None:
        self._loop.call_soon_threadsafe(self._lines.put_nowait, line)


class _Answers:
    """Writes to the host: at once as far as the pipe has room, the rest in a thread that waits for the host."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._writes_at_once = _is_pipe(descriptor)
        if self._writes_at_once:
            os.set_blocking(descriptor, False)
        self._rest: queue.Queue[memoryview | None] = queue.Queue()
        self._thread = threading.Thread(target=self._write_rest, name="vrom-stdout", daemon=True)
        self._thread.start()

    async def write(self, text: str) -> None:
        data = memoryview(text.encode("utf-8", "replace"))
        if self._writes_at_once and not self._rest.unfinished_tasks:
            with contextlib.suppress(OSError):  # no room, or the host is gone, which closes stdin as well
                data = data[os.write(self._descriptor, data) :]
        if data:
            self._rest.put(data)

    async def flush(self) -> None:
        """Do nothing: `write` doesn't buffer."""

    def close(self) -> None:
        self._rest.put(None)
        self._thread.join(CLOSING_SECONDS)

    def _write_rest(self) -> None:
        while (data := self._rest.get()) is not None:
            with contextlib.suppress(OSError):
                while data:
                    if self._writes_at_once:
                        select.select([], [self._descriptor], [])
                    with contextlib.suppress(BlockingIOError):
                        data = data[os.write(self._descriptor, data) :]
            self._rest.task_done()


@contextlib.contextmanager
def _diverted() -> Iterator[tuple[int, int]]:
    """Yield copies of descriptors 0 and 1, which are redirected to the null device and to stderr meanwhile."""
    given, taken = os.dup(0), os.dup(1)
    nowhere = os.open(os.devnull, os.O_RDWR)
    try:
        os.dup2(nowhere, 0)
        try:
            os.dup2(2, 1)
        except OSError:  # there is no stderr
            os.dup2(nowhere, 1)
        yield given, taken
    finally:
        os.dup2(taken, 1)
        os.close(nowhere)
