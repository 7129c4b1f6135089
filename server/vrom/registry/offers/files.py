"""Copy or unpack a package's files, with a size limit and fsync."""

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
"""Age in seconds after which a download is considered abandoned."""

_BLOCK = 1 << 20


class Readable(Protocol):
    """A readable byte stream."""

    def read(self, size: int, /) -> bytes:
        """Read at most `size` bytes; empty at the end."""
        ...


def copy_stream(source: Readable, into: Path, limit: int) -> int:
    """Copy a stream of at most `limit` bytes to a new file and return its size in bytes.

    Raises `HubError` if there are more; passes on `OSError`, `EOFError` and `zlib.error`. No file is left after an
    error.
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
    """The blocks of a stream. Raises `HubError` after more than `limit` bytes."""
    done = 0
    while block := source.read(_BLOCK):
        done += len(block)
        if done > limit:
            raise HubError(f"{name} is larger than the limit of {limit:,} bytes.")
        yield block


def copy_file(source: Path, into: Path, limit: int) -> None:
    """Copy a file. Raises `HubError` if it can't be read or written, is too large, or isn't a regular file."""
    if source.exists() and not source.is_file():
        raise HubError(f"{source} is not a file.")
    try:
        with source.open("rb") as stream:
            copy_stream(stream, into, limit)
    except OSError as error:
        raise HubError(f"Cannot read or write {error.filename or source}: {error.strerror}.") from error


def unpack_gzip(source: Path, into: Path, limit: int) -> None:
    """Unpack a gzip file. Raises `HubError` if it is damaged or contains more than `limit` bytes."""
    try:
        with gzip.open(source) as stream:
            copy_stream(stream, into, limit)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise HubError(f"{source.name} is not a valid gzip file: {error}.") from error


@contextmanager
def scratch(folder: Path) -> Iterator[Path]:
    """Yield a temporary folder inside `folder`, removed afterwards. Raises `HubError` if it can't be created."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix=SCRATCH, dir=folder))
    except OSError as error:
        raise HubError(
            f"Cannot write {folder}: {error.strerror or error}. Check disk space and permissions."
        ) from error
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


def sweep(folder: Path) -> None:
    """Remove entries of a download folder that were last modified more than a week ago, as left by killed processes."""
    for path in folder.glob("*") if folder.is_dir() else ():
        with suppress(OSError):
            if time.time() - path.stat().st_mtime < ABANDONED_AFTER:
                continue
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink()
