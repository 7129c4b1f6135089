"""Cache of arrays computed from a package, in files that are opened as memory maps.

A file is written under a temporary name and renamed, so it is always complete; one process writes while others wait,
for some seconds: then they compute the arrays for themselves.
Its contents can always be computed again. Files of some megabytes are written by a thread, so that the caller needn't
wait for the disk; opening such a file waits until it is written. Larger files are written synchronously, as their
arrays shouldn't stay in memory.
"""

import threading
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path

from vrom.errors import PackageError
from vrom.storage.array_file import Arrays, open_arrays, save_arrays
from vrom.storage.atomic import sweep

LOCK_SECONDS = 10.0
"""Seconds to wait for another process that writes the same file: one that is stopped must not stop this one."""

_WORTH_A_THREAD = range(2**20, 2**26)
"""Sizes in bytes of files written by a thread. Smaller ones take less time than a thread; larger ones leave memory."""

_writing: dict[Path, threading.Event] = {}
"""Files being written by threads of this process; the event is set when a file is written or has failed."""


def stored(
    file: Path | None,
    make: Callable[[], Arrays],
    fits: Callable[[Arrays], bool],
    then: Callable[[], None] = lambda: None,
) -> Arrays:
    """Arrays in `file`, or those returned by `make`, which are then stored there.

    A damaged file, or one whose arrays don't fit, is replaced. If the file can't be written (or is None), the arrays
    stay in memory. `then` is called once the file exists.
    """
    if file is None:
        return make()
    found = open_stored(file, fits)
    if found is not None:
        then()
        return found
    from filelock import FileLock

    made: Arrays | None = None
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(f"{file}.lock", timeout=LOCK_SECONDS, thread_local=False)  # released by the thread that writes
        with ExitStack() as held:
            held.enter_context(lock)
            found = open_stored(file, fits)
            if found is None:
                sweep(file.parent)
                made = make()
                if sum(array.nbytes for array in made.values()) in _WORTH_A_THREAD:
                    _write_later(file, made, held.pop_all(), then)
                    return made
                save_arrays(file, made, {})
                found = open_stored(file, fits)
            then()
    except OSError:  # among them filelock's Timeout
        found = None
    return found or made or make()


def open_stored(file: Path, fits: Callable[[Arrays], bool]) -> Arrays | None:
    """Arrays in `file` if it is valid and they fit, else None."""
    wait_until_written(file)
    try:
        arrays = open_arrays(file).arrays
    except PackageError:
        return None
    return arrays if holds(lambda: fits(arrays)) else None


def wait_until_written(file: Path | None = None) -> None:
    """Wait until this process has written a file, or all files."""
    for one in list(_writing) if file is None else [file]:
        if (ended := _writing.get(one)) is not None:
            ended.wait()


def _write_later(file: Path, arrays: Arrays, held: ExitStack, then: Callable[[], None]) -> None:
    """Write a file in a thread that delays the process's exit; then release `held`."""
    ended = _writing[file] = threading.Event()

    def write() -> None:
        try:
            with held, suppress(OSError):
                save_arrays(file, arrays, {})
                then()
        finally:
            if _writing.get(file) is ended:  # unless another thread has the lock by now
                del _writing[file]
            ended.set()

    threading.Thread(target=write, name="vrom-store").start()


def holds(fits: Callable[[], bool]) -> bool:
    """Result of `fits`; false if an array is missing."""
    try:
        return fits()
    except (KeyError, IndexError):
        return False
