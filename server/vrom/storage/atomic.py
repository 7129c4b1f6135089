"""Atomic replacement of folders and files.

The new folder is written next to the old one under a name that starts with a dot, which readers skip. Every file is
synced to disk, then the two folders are exchanged. Linux and macOS do this in one step (`renameat2` with
RENAME_EXCHANGE, `renamex_np` with RENAME_SWAP): at any moment, and after a crash, the name refers to either the old
or the new folder.

Where the file system can't exchange (NFS, Windows), the old folder is renamed before the new one is renamed into place.
Between these two renames, a few microseconds, the name doesn't exist. If the process is killed in that interval, the
next `replacing` of the folder first restores the old one.

Half-written files and folders of a killed process are removed by the next process that writes to the same parent.
A writer holds a lock on its new folder, which the operating system releases when the process ends.
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
"""Seconds during which a new folder may exist without being locked yet."""
ABANDONED_AFTER = 3600.0
"""Seconds after which a half-written folder counts as abandoned, where locks aren't available."""
_LEFT = re.compile(r"\..+\.[0-9a-f]{16}\.new")

Part = bytes | memoryview
"""Part of a file's content."""

_AT_FDCWD, _EXCHANGE = -100, 2


@contextlib.contextmanager
def replacing(folder: Path) -> Iterator[Path]:
    """Create an empty folder to write to; when the block succeeds, it replaces `folder`.

    If the block raises, `folder` is unchanged. Raises `OSError` on disk errors.
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
            sync_folder(new)
            put_in_place(new, folder)
            sync_folder(folder.parent)
    finally:
        shutil.rmtree(new, ignore_errors=True)  # the replaced folder, or an incomplete new one


def sweep(folder: Path) -> None:
    """Remove half-written files and folders that killed processes left in `folder`."""
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
    """Lock a file or folder to show other processes that it is being written."""
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
    """Return true if no process is writing `path` any more."""
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
    except (ImportError, OSError):  # locks unavailable on this system
        return age > ABANDONED_AFTER
    return age > YOUNG


def exchange(one: Path, other: Path) -> bool:
    """Exchange two existing folders in one step; return False if the system or file system doesn't support it."""
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
    """Replace `folder`, which may not exist, by `new`; afterwards `new` is the old folder or doesn't exist."""
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
    """Write a file, sync it to disk, and return its SHA-256 in hex."""
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


def replace_file(file: Path, parts: Iterable[Part], *, mode: int = 0o666) -> None:
    """Write a file and atomically replace an existing one; `mode` are its permissions, less the umask."""
    file.parent.mkdir(parents=True, exist_ok=True)
    new = _beside(file, f"{secrets.token_hex(8)}.new")
    try:
        new.touch(mode)
        with _at_work_on(new):
            _write(new, parts)
            new.replace(file)
        sync_folder(file.parent)
    finally:
        new.unlink(missing_ok=True)


def _beside(folder: Path, suffix: str) -> Path:
    return folder.with_name(f".{folder.name}.{suffix}")


def _recover(folder: Path) -> None:
    """Restore the folder that a killed process renamed to `.NAME.old`; delete that copy if `folder` exists."""
    aside = _beside(folder, "old")
    if aside.is_dir():
        if folder.exists():
            shutil.rmtree(aside, ignore_errors=True)
        else:
            aside.rename(folder)


def sync_file(file: Path) -> None:
    """Sync a file that another library has written to disk. Raises `OSError`."""
    with file.open("rb+") as stream:
        os.fsync(stream.fileno())


def sync_folder(folder: Path) -> None:
    """Sync a folder's entries to disk, where supported."""
    with contextlib.suppress(OSError, AttributeError):
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
