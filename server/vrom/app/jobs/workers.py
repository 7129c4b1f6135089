"""Threads that do the work of tool calls, so that a slow call never blocks the protocol.

They are daemon threads: unlike the event loop's own worker threads they don't hold the process when stdin closes.
"""

import asyncio
import contextlib
import contextvars
import logging
import threading
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

T = TypeVar("T")

_log = logging.getLogger(__name__)


class CancelledJobError(Exception):
    """Raised in a job whose caller has given up."""


class Job:
    """Work of one call: its progress, and whether the caller has given it up."""

    def __init__(self) -> None:
        self.doing = ""
        self.cancelled = False

    def report(self, doing: str) -> None:
        """Note the next step, for progress messages. Raises `CancelledJobError` if the caller has given up."""
        if self.cancelled:
            raise CancelledJobError
        self.doing = doing


_current: contextvars.ContextVar[Job] = contextvars.ContextVar("vrom-job")


def current_job() -> Job:
    """Return the job that this code is part of, in a worker as in the task that waits for it; else a new one."""
    return _current.get(None) or Job()


@contextlib.contextmanager
def track_job() -> Iterator[Job]:
    """Make one `Job` current for all work that this task hands to workers."""
    token = _current.set(Job())
    try:
        yield _current.get()
    finally:
        _current.reset(token)


class Workers:
    """Daemon threads: one is started whenever a job comes and all others are at work, up to `count` of them.

    There are many more than cores, since a slow call mostly waits: for a lock, for a disk, for native code.
    """

    def __init__(self, count: int = 32) -> None:
        self._count = count
        self._queue: deque[Callable[[], None]] = deque()
        self._threads: list[threading.Thread] = []
        self._idle = 0
        self._changed = threading.Condition()

    async def run(self, function: Callable[..., T], /, *args: Any, **kwargs: Any) -> T:
        """Call `function` in a worker and wait for what it returns or raises.

        On cancellation a queued call is discarded; a running one stops at its next `Job.report()`, and its result is
        ignored.
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        context = contextvars.copy_context()

        def work() -> None:
            if future.cancelled():
                return
            result: T | None = None
            failure: BaseException | None = None
            try:
                result = context.run(function, *args, **kwargs)
            except BaseException as error:  # noqa: BLE001 - it is raised again where the call was made
                failure = error
            with contextlib.suppress(RuntimeError):  # the loop has ended, and with it whoever waited
                loop.call_soon_threadsafe(_settle, future, result, failure)

        self.submit(work)
        try:
            return await future
        except asyncio.CancelledError:
            current_job().cancelled = True
            raise

    def submit(self, work: Callable[[], None]) -> None:
        """Run `work` in the background; errors are logged."""
        with self._changed:
            self._queue.append(work)
            if len(self._queue) <= self._idle or len(self._threads) >= self._count:
                self._changed.notify()
                return
            thread = threading.Thread(target=self._work, name=f"vrom-worker-{len(self._threads)}", daemon=True)
            self._threads.append(thread)
        thread.start()

    def _work(self) -> None:
        while True:
            with self._changed:
                self._idle += 1
                self._changed.wait_for(lambda: self._queue)
                self._idle -= 1
                work = self._queue.popleft()
            try:
                work()
            except Exception:  # noqa: BLE001 - a job that nobody waits for must not take its worker along
                _log.exception("A background job failed")


def _settle(future: "asyncio.Future[Any]", result: Any, failure: BaseException | None) -> None:
    if future.cancelled():
        return
    if failure is not None:
        future.set_exception(failure)
    else:
        future.set_result(result)
