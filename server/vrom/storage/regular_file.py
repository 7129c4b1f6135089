"""Opening of regular files only: a pipe or a device in place of a file would block its reader, or never end."""

import errno
import io
import os
from pathlib import Path
from stat import S_ISREG
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import mmap

_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)


class NotRegularError(OSError):
    """The path leads to a folder, a pipe, a socket or a device."""


def open_regular(file: Path) -> io.BufferedReader:
    """Open a file for reading, without blocking. Raises `NotRegularError`, or `OSError` if it can't be opened."""
    descriptor = os.open(file, _FLAGS)
    try:
        is_regular = S_ISREG(os.fstat(descriptor).st_mode)
    except OSError:
        is_regular = False
    if not is_regular:
        os.close(descriptor)
        raise NotRegularError(errno.EINVAL, "it is no file, but a folder, a pipe or a device", str(file))
    return io.BufferedReader(io.FileIO(descriptor))


def map_regular(file: Path) -> "mmap.mmap":
    """Map a file into memory, read-only. Raises `OSError` as `open_regular` does, `ValueError` if the file is empty."""
    import mmap

    with open_regular(file) as stream:
        return mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)


def is_whole(mapped: "mmap.mmap") -> bool:
    """Return false if a mapped file was truncated in place: reading beyond its end ends the process (SIGBUS)."""
    return mapped.size() >= len(mapped)
