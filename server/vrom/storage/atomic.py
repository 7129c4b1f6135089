"""A folder that appears whole or not at all, and takes the place of an older one in one step.

The new folder is written beside the old under a name that begins with a dot, which readers pass over; every file is
synced to the disk; then the two change places. Linux and macOS do that in one step (`renameat2` with RENAME_EXCHANGE,
`renamex_np` with RENAME_SWAP): at any moment, and after a crash at any moment, the name leads to the old or the new.

Where the file system can't exchange (NFS, Windows), the old folder is set aside before the new one is put in place.
Between these two renames, some microseconds, there is nothing under the name; a process killed just then leaves it
so, and the next `replacing` of the folder puts the old one back first.

What a killed process leaves half written is removed by the next one that writes beside it: whoever is at work on a
folder holds a lock on it, which the system takes back from the dead.
"""

import contextlib
import ctypes
import errno
import hashlib
import os
import re
import secrets
import shutil
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

YOUNG = 10.0
"""Seconds in which a folder may have been made and not yet been locked."""
ABANDONED_AFTER = 3600.0
"""Seconds after which a half-written folder is taken for that of a process that was killed, where locks can't tell."""
_LEFT = re.compile(r"\..+\.[0-9a-f]{16}\.new")

Part = bytes | memoryview
"""A part of a file to write."""

_AT_FDCWD, _EXCHANGE = -100, 2


@contextlib.contextmanager
def replacing(folder: Path) -> Iterator[Path]:
    """A new, empty folder to write files into; when the block ends well, it stands in the place of `folder`.

    When the block raises, `folder` stays as it was. Raises OSError where the disk refuses.
    """
    folder = folder.resolve()
    folder.parent.mkdir(parents=True, exist_ok=True)
    _recover(folder)
    sweep(folder.parent)
    new = _beside(folder, f"{secrets.token_hex(8)}.new")
    new.mkdir()
    try:
        with _at_work_on(new):
            yield new
            _sync_folder(new)
            put_in_place(new, folder)
            _sync_folder(folder.parent)
    finally:
        shutil.rmtree(new, ignore_errors=True)  # what was replaced, or what was never finished


def sweep(folder: Path) -> None:
    """Remove what killed processes have left half written in a folder."""
    for left in [path for path in folder.iterdir() if _LEFT.fullmatch(path.name)] if folder.is_dir() else ():
        with contextlib.suppress(OSError):
            if not _is_abandoned(left):
                continue
            if left.is_dir() and not left.is_symlink():
                shutil.rmtree(left, ignore_errors=True)
            else:
                left.unlink()


@contextlib.contextmanager
def _at_work_on(path: Path) -> Iterator[None]:
    """Show other processes that a file or folder is being written, as long as this one lives."""
    try:
        import fcntl
    except ImportError:  # Windows
        yield
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        with contextlib.suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        yield
    finally:
        os.close(descriptor)


def _is_abandoned(path: Path) -> bool:
    """Whether nobody is at work on it any more."""
    age = time.time() - path.lstat().st_mtime
    try:
        import fcntl

        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        finally:
            os.close(descriptor)
    except BlockingIOError:
        return False
    except (ImportError, OSError):  # a system without such locks
        return age > ABANDONED_AFTER
    return age > YOUNG


def exchange(one: Path, other: Path) -> bool:
    """Let two existing folders change places in one step; False where the system or the file system can't."""
    if os.name != "posix":
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    paths = os.fsencode(one), os.fsencode(other)
    if hasattr(libc, "renameat2"):
        failed = libc.renameat2(_AT_FDCWD, paths[0], _AT_FDCWD, paths[1], _EXCHANGE)
    elif sys.platform == "darwin":
        failed = libc.renamex_np(*paths, _EXCHANGE)
    else:
        return False
    if not failed:
        return True
    code = ctypes.get_errno()
    if code in {errno.EINVAL, errno.ENOSYS, errno.ENOTSUP}:
        return False
    raise OSError(code, os.strerror(code), str(other))


def put_in_place(new: Path, folder: Path, exchange: Callable[[Path, Path], bool] = exchange) -> None:
    """Let `new` take the place of `folder`, which may not exist; afterwards `new` is the old folder or gone."""
    try:
        new.rename(folder)
    except OSError:
        if not folder.is_dir():
            raise
        if not exchange(new, folder):
            aside = _beside(folder, "old")
            folder.rename(aside)
            new.rename(folder)
            shutil.rmtree(aside, ignore_errors=True)


def write_file(file: Path, parts: Iterable[Part]) -> str:
    """Write a file and sync it to the disk; its SHA-256 in hex."""
    digest = hashlib.sha256()

    def digested() -> Iterator[Part]:
        for part in parts:
            digest.update(part)
            yield part

    _write(file, digested())
    return digest.hexdigest()


def _write(file: Path, parts: Iterable[Part]) -> None:
    with file.open("wb", buffering=1 << 20) as stream:
        for part in parts:
            stream.write(part)
        stream.flush()
        os.fsync(stream.fileno())


def replace_file(file: Path, parts: Iterable[Part]) -> None:
    """Write a file that takes the place of an older one in one step."""
    file.parent.mkdir(parents=True, exist_ok=True)
    new = _beside(file, f"{secrets.token_hex(8)}.new")
    try:
        new.touch()
        with _at_work_on(new):
            _write(new, parts)
            new.replace(file)
        _sync_folder(file.parent)
    finally:
        new.unlink(missing_ok=True)


def _beside(folder: Path, suffix: str) -> Path:
    return folder.with_name(f".{folder.name}.{suffix}")


def _recover(folder: Path) -> None:
    """Put back what a killed process has set aside."""
    aside = _beside(folder, "old")
    if aside.is_dir():
        if folder.exists():
            shutil.rmtree(aside, ignore_errors=True)
        else:
            aside.rename(folder)


def _sync_folder(folder: Path) -> None:
    """Sync a folder's entries to the disk, where the system can."""
    with contextlib.suppress(OSError, AttributeError):
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
