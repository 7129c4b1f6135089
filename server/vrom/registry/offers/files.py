"""Copying a package's files: bounded, synced to the disk, out of a gzip copy where there is one."""

import gzip
import os
import shutil
import tempfile
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Protocol

from vrom.errors import HubError

SCRATCH = "scratch-"
ABANDONED_AFTER = 7 * 86_400.0
"""Seconds after which nobody is taken to go on with a download."""

_BLOCK = 1 << 20


class Readable(Protocol):
    """What bytes come out of."""

    def read(self, size: int, /) -> bytes:
        """At most `size` bytes, none at the end."""
        ...


def copy_stream(source: Readable, into: Path, limit: int) -> int:
    """Copy a stream to a new file, at most `limit` bytes; how many there were.

    Raises `HubError` when there are more, and leaves no file then; `OSError`, `EOFError` and `zlib.error` as they come.
    """
    try:
        with into.open("xb") as stream:
            for block in bounded(source, limit, into.name):
                stream.write(block)
            stream.flush()
            os.fsync(stream.fileno())
            return stream.tell()
    except BaseException:
        into.unlink(missing_ok=True)
        raise


def bounded(source: Readable, limit: int, name: str) -> Iterator[bytes]:
    """The blocks of a stream, until there are more than `limit` bytes: then `HubError`."""
    done = 0
    while block := source.read(_BLOCK):
        done += len(block)
        if done > limit:
            raise HubError(f"{name} has more than {limit} bytes, as many as are allowed.")
        yield block


def copy_file(source: Path, into: Path, limit: int) -> None:
    """Copy a file. Raises `HubError` when it can't be read, is too large, or is a pipe or a device."""
    if source.exists() and not source.is_file():
        raise HubError(f"{source} is no file.")
    try:
        with source.open("rb") as stream:
            copy_stream(stream, into, limit)
    except OSError as error:
        raise HubError(f"{error.filename or source} can't be read or written ({error.strerror}).") from error


def unpack_gzip(source: Path, into: Path, limit: int) -> None:
    """Unpack a gzip copy. Raises `HubError` when it isn't one, or holds more than `limit` bytes."""
    try:
        with gzip.open(source) as stream:
            copy_stream(stream, into, limit)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise HubError(f"{source.name} is no whole gzip file ({error}).") from error


@contextmanager
def scratch(folder: Path) -> Iterator[Path]:
    """A new folder inside `folder`, for what is only needed for a moment. Raises `HubError`."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix=SCRATCH, dir=folder))
    except OSError as error:
        raise HubError(
            f"{folder} can't be written ({error.strerror or error}). Check space and permissions."
        ) from error
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


def sweep(folder: Path) -> None:
    """Remove what killed processes have left in a folder of downloads, and nobody has touched for a week."""
    for path in folder.glob("*") if folder.is_dir() else ():
        with suppress(OSError):
            if time.time() - path.stat().st_mtime < ABANDONED_AFTER:
                continue
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink()
