"""Arrays made from a package, kept in a file and opened as a memory map.

The file is written beside its place and renamed into it, so it is there as a whole or not at all; one process writes
while the others wait. It holds nothing that can't be made again.
"""

from collections.abc import Callable
from pathlib import Path

from vrom.errors import PackageError
from vrom.package.arrays import Arrays, open_arrays, save_arrays


def stored(file: Path | None, make: Callable[[], Arrays], fits: Callable[[Arrays], bool]) -> Arrays:
    """The arrays in `file`, or those that `make` gives, which are then kept there.

    What is there but damaged, or doesn't fit, is made again. Where the file can't be written (or is None), the arrays
    stay in memory.
    """
    if file is None:
        return make()
    found = open_stored(file, fits)
    if found is not None:
        return found
    from filelock import FileLock

    made: Arrays | None = None
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{file}.lock"):
            found = open_stored(file, fits)
            if found is None:
                made = make()
                save_arrays(file, made, {})
                found = open_stored(file, fits)
    except OSError:
        found = None
    return found or made or make()


def open_stored(file: Path, fits: Callable[[Arrays], bool]) -> Arrays | None:
    """The arrays in `file` where it is whole and they fit, else None."""
    try:
        arrays = open_arrays(file).arrays
    except PackageError:
        return None
    return arrays if holds(lambda: fits(arrays)) else None


def holds(fits: Callable[[], bool]) -> bool:
    """Whether arrays fit; those of which one is missing don't."""
    try:
        return fits()
    except (KeyError, IndexError):
        return False
