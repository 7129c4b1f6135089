"""Long waits, for another process's lock or for a command, that whoever wants their result can end."""

import contextlib
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from filelock import BaseFileLock

PAUSE = 0.2
"""Seconds between two checks."""

_check: ContextVar[Callable[[], object] | None] = ContextVar("check", default=None)


@contextlib.contextmanager
def ended_by(check: Callable[[], object]) -> Iterator[None]:
    """Call `check` about every `PAUSE` during the waits in the block; what it raises ends the wait.

    Threads that the block starts do so only if they run in a copy of its context.
    """
    token = _check.set(check)
    try:
        yield
    finally:
        _check.reset(token)


def check_wait() -> None:
    """Raise what ends a wait of this context, if anything does."""
    if check := _check.get():
        check()


@contextlib.contextmanager
def locked(file: Path) -> Iterator[None]:
    """Hold an inter-process lock on a file; wait for a process that holds it. Raises `OSError`."""
    lock = acquire(file)
    try:
        yield
    finally:
        lock.release()


def acquire(file: Path, *, wait: bool = True) -> "BaseFileLock":
    """Take an inter-process lock on a file.

    With `wait`, wait for a process that holds it; otherwise `filelock.Timeout` is raised. Raises `OSError`.
    """
    from filelock import FileLock, Timeout

    lock = FileLock(file)
    while True:
        try:
            lock.acquire(timeout=PAUSE if wait else 0)
        except Timeout:
            if not wait:
                raise
            check_wait()
        else:
            return lock
