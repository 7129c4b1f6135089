"""Threads that do the work of tool calls, so that a slow call never blocks the protocol.

They are daemon threads: unlike the event loop's own worker threads they don't hold the process when stdin closes.
"""

import asyncio
import logging
import queue
import threading
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")

_log = logging.getLogger(__name__)


class Workers:
    """A fixed number of daemon threads, started when they are first needed."""

    def __init__(self, count: int = 4) -> None:
        self._count = count
        self._jobs: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._threads: list[threading.Thread] = []

    async def run(self, function: Callable[..., T], /, *args: Any, **kwargs: Any) -> T:
        """Call `function` in a worker and wait for what it returns or raises.

        When the caller is cancelled, a call that hasn't begun never begins; the result of one that has is dropped.
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()

        def job() -> None:
            if future.cancelled():
                return
            result: T | None = None
            failure: BaseException | None = None
            try:
                result = function(*args, **kwargs)
            except BaseException as error:  # noqa: BLE001 - it is raised again where the call was made
                failure = error
            loop.call_soon_threadsafe(_settle, future, result, failure)

        self.submit(job)
        return await future

    def submit(self, job: Callable[[], None]) -> None:
        """Do a job some time; nobody waits for it."""
        if len(self._threads) < self._count:
            thread = threading.Thread(target=self._work, name=f"vrom-worker-{len(self._threads)}", daemon=True)
            self._threads.append(thread)
            thread.start()
        self._jobs.put(job)

    def _work(self) -> None:
        while True:
            try:
                self._jobs.get()()
            except Exception:  # noqa: BLE001 - a job that nobody waits for must not take its worker along
                _log.exception("A background job failed")


def _settle(future: "asyncio.Future[Any]", result: Any, failure: BaseException | None) -> None:
    if future.cancelled():
        return
    if failure is not None:
        future.set_exception(failure)
    else:
        future.set_result(result)
