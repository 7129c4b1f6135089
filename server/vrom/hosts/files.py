"""Read, back up and atomically replace another program's file, following symbolic links."""

import codecs
import os
import stat
import time
from pathlib import Path

from vrom.errors import ConfigurationError
from vrom.storage.atomic import sync_folder

_INNER = {"mcp", "opencode", "rules", "skills", "vrom-docs", "windsurf", "zed"}
"""Names of the folders inside hosts' hidden folders in which vrom makes files."""


def read_bytes(file: Path) -> bytes | None:
    """The bytes of a file, None if absent. Raises `ConfigurationError` if it can't be read."""
    try:
        return file.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _file_error(file, "read", error) from error


def decode(file: Path, content: bytes) -> str:
    """Decode a file as UTF-8, without a byte order mark. Raises `ConfigurationError` if it isn't UTF-8."""
    try:
        return content.removeprefix(codecs.BOM_UTF8).decode()
    except UnicodeDecodeError as error:
        lines = content[: error.start].split(b"\n")
        where = f"line {len(lines)}, column {len(lines[-1]) + 1}"
        raise ConfigurationError(f"{file}, {where}: not UTF-8. Save the file as UTF-8 and try again.") from error


def check_inside(file: Path, folder: Path) -> None:
    """Raise `ConfigurationError` if links lead from `file` to a place outside `folder`."""
    try:
        target = file.resolve()
    except (OSError, RuntimeError) as error:
        raise _file_error(file, "read", error) from error
    if not target.is_relative_to(folder.resolve()):
        raise ConfigurationError(f"{file} is a link to {target}, outside the project, so it was not changed.")


def backups(file: Path) -> list[Path]:
    """The backups made by `back_up`, oldest first."""
    return sorted(file.parent.glob(f"{_escape_glob(file.name)}.vrom-*.bak"))


def back_up(file: Path, content: bytes) -> Path:
    """Write `content` beside `file`, under a name with the time and with the file's permissions.

    Raises `ConfigurationError` if that fails.
    """
    stamp = time.strftime("%Y%m%d-%H%M%S")
    mode = stat.S_IMODE(file.stat().st_mode)
    for number in range(100):
        copy = file.with_name(f"{file.name}.vrom-{stamp}{f'-{number}' if number else ''}.bak")
        try:
            _write_new(copy, content, mode)
        except FileExistsError:
            continue
        except OSError as error:
            raise _file_error(copy, "write", error) from error
        return copy
    raise ConfigurationError(f"Cannot back up {file}: 100 backups named {stamp} exist. Try again.")


def replace(file: Path, before: bytes | None, after: bytes | None) -> None:
    """Replace the content of `file` by `after` (None deletes it), written beside it, synced and renamed.

    A symbolic link is kept; its target is replaced. Raises `ConfigurationError` if the file's content is no longer
    `before`, since the host may write to it as well, or if the file can't be written.
    """
    try:
        target = file.resolve(strict=False)
        target.parent.mkdir(parents=True, exist_ok=True)
        partial = target.with_name(f".{target.name}.vrom-{os.getpid()}")
        mode = stat.S_IMODE(target.stat().st_mode) if before is not None else None
        try:
            if after is not None:
                partial.unlink(missing_ok=True)
                _write_new(partial, after, mode)
            if read_bytes(target) != before:
                raise ConfigurationError(
                    f"{file} was changed by another program at the same time. Close that program and try again."
                )
            if after is None:
                target.unlink()
            else:
                partial.replace(target)
        finally:
            partial.unlink(missing_ok=True)
        sync_folder(target.parent)
    except (OSError, RuntimeError) as error:
        raise _file_error(file, "write", error) from error


def remove_empty_folders(folder: Path) -> None:
    """Remove a host's hidden folder (`.cursor`) if it is empty, and so the empty folders in it (`.cursor/rules`)."""
    while (folder.name in _INNER or folder.name.startswith(".")) and folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
        if folder.name.startswith("."):
            return
        folder = folder.parent


def _write_new(file: Path, content: bytes, mode: int | None) -> None:
    """Create and sync a file; `mode` None applies the umask. Raises `FileExistsError` if the file exists."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    descriptor = os.open(file, flags, 0o666 if mode is None else mode)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    if mode is not None:
        file.chmod(mode)  # the umask may have removed permissions


def _escape_glob(name: str) -> str:
    """A file name escaped as a glob pattern."""
    return "".join(f"[{mark}]" if mark in "*?[" else mark for mark in name)


def _file_error(file: Path, action: str, error: Exception) -> ConfigurationError:
    reason = error.strerror if isinstance(error, OSError) else str(error)
    return ConfigurationError(f"Cannot {action} {file}: {reason}. Check its permissions.")
