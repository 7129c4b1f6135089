"""Arrays made from a package, kept in a file and opened as a memory map.

The file is written beside its place and renamed into it, so it is there as a whole or not at all; one process writes
while the others wait. It holds nothing that can't be made again.

Whoever made arrays needn't wait for the disk: a file of some megabytes is written by a thread, and who asks for it
meanwhile waits for that. Larger ones are written at once, for they aren't to stay in memory.
"""

import threading
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path

from vrom.errors import PackageError
from vrom.storage.array_file import Arrays, open_arrays, save_arrays
from vrom.storage.atomic import sweep

_WORTH_A_THREAD = range(2**20, 2**26)
"""Bytes. Fewer are written in less time than it takes to hand them over; more are given back to the disk."""

_writing: dict[Path, threading.Event] = {}
"""Files that threads of this process are writing; an event comes when one is there, or can't be."""


def stored(
    file: Path | None,
    make: Callable[[], Arrays],
    fits: Callable[[Arrays], bool],
    then: Callable[[], None] = lambda: None,
) -> Arrays:
    """The arrays in `file`, or those that `make` gives, which are then kept there.

    What is there but damaged, or doesn't fit, is made again. Where the file can't be written (or is None), the arrays
    stay in memory. `then` is called when the file is there.
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
        lock = FileLock(f"{file}.lock", thread_local=False)  # given back by the thread that writes
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
    except OSError:
        found = None
    return found or made or make()


def open_stored(file: Path, fits: Callable[[Arrays], bool]) -> Arrays | None:
    """The arrays in `file` where it is whole and they fit, else None."""
    wait_until_written(file)
    try:
        arrays = open_arrays(file).arrays
    except PackageError:
        return None
    return arrays if holds(lambda: fits(arrays)) else None


def wait_until_written(file: Path | None = None) -> None:
    """Wait until a file, or every one, that this process is writing is there."""
    for one in list(_writing) if file is None else [file]:
        if (ended := _writing.get(one)) is not None:
            ended.wait()


def _write_later(file: Path, arrays: Arrays, held: ExitStack, then: Callable[[], None]) -> None:
    """Write a file in a thread, which the process doesn't end before; what is `held` is given back afterwards."""
    ended = _writing[file] = threading.Event()

    def write() -> None:
        try:
            with held, suppress(OSError):
                save_arrays(file, arrays, {})
                then()
        finally:
            if _writing.get(file) is ended:  # and not that of another who has the lock by now
                del _writing[file]
            ended.set()

    threading.Thread(target=write, name="vrom-store").start()


def holds(fits: Callable[[], bool]) -> bool:
    """Whether arrays fit; those of which one is missing don't."""
    try:
        return fits()
    except (KeyError, IndexError):
        return False
