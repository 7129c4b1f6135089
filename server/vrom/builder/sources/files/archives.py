"""Compressed files and zip files of documentation, unpacked within limits."""

import gzip
import io
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from vrom.builder.document import Skipped
from vrom.builder.sources.formats.encodings.decode import UnreadableError

MOST_FILES, LARGEST, LARGEST_RATIO = 50_000, 1_000_000_000, 500
"""Limits of a zip file: its files, their bytes in total, and how many times larger than packed they may be."""
_CHUNK = 1_000_000
_UNSAFE = frozenset('\\:*?"<>|')


def unpack_gzip(content: bytes, largest: int) -> bytes:
    """The file in a gzip file. Raises `UnreadableError` if it is damaged, or larger than `largest` bytes."""
    found = b"".join(_unpack(io.BytesIO(content), largest))
    if len(found) > largest:
        raise UnreadableError(f"more than {largest:,} bytes once unpacked")
    return found


def unpack_gzip_beginning(stream: BinaryIO, size: int) -> bytes:
    """The first bytes of the file in a gzip file; none if it is damaged."""
    try:
        return b"".join(_unpack(stream, size))[:size]
    except UnreadableError:
        return b""


def _unpack(stream: BinaryIO, size: int) -> Iterator[bytes]:
    """The parts of the file up to one byte more than `size`."""
    left = size + 1
    try:
        with gzip.GzipFile(fileobj=stream) as file:
            while left > 0 and (part := file.read(min(left, _CHUNK))):
                left -= len(part)
                yield part
    except (OSError, EOFError, zlib.error) as error:
        raise UnreadableError(f"a damaged gzip file: {type(error).__name__}") from error


def list_zip(stream: BinaryIO) -> list[str]:
    """The names of the files in a zip file; none if it is damaged."""
    try:
        with zipfile.ZipFile(stream) as archive:
            return [entry.filename for entry in archive.infolist()[:MOST_FILES] if not entry.is_dir()]
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return []


def unpack_zip(content: bytes, name: str, folder: Path, largest_file: int) -> Iterator[Skipped]:
    """Write the files of a zip file into a folder; yields an entry for those that were left out.

    Nothing is written outside the folder, and no links. Raises `UnreadableError` if the zip file is damaged.
    """
    left_out: Counter[str] = Counter()
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            left = min(LARGEST, max(len(content), 10_000) * LARGEST_RATIO)
            for number, entry in enumerate(archive.infolist()):
                if entry.is_dir():
                    continue
                reason = _reason_against(entry) if number < MOST_FILES else "too many files"
                path = PurePosixPath(entry.filename)
                if not reason and not (reason := _write(archive, entry, folder / path, min(left, largest_file))):
                    left -= (folder / path).stat().st_size
                if reason:
                    left_out[reason] += 1
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise UnreadableError(f"a damaged zip file: {type(error).__name__}") from error
    for reason, count in sorted(left_out.items()):
        yield Skipped(f"{name}/*", f"{reason} ({count} file{'s' if count > 1 else ''})")


def _reason_against(entry: zipfile.ZipInfo) -> str:
    """Why a file isn't unpacked; empty if nothing speaks against it."""
    path = PurePosixPath(entry.filename)
    if path.is_absolute() or not path.parts or ".." in path.parts or _UNSAFE.intersection(entry.filename):
        return "a path that is not safe"
    if any(ord(character) < 32 for character in entry.filename) or len(entry.filename) > 1_000 or len(path.parts) > 60:
        return "a path that is not safe"
    if (entry.external_attr >> 16) & 0o170000 not in (0, 0o100000):
        return "not a regular file"
    if entry.flag_bits & 1:
        return "encrypted"
    return ""


def _write(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path, largest: int) -> str:
    """Unpack a file, and return why it couldn't be; its stated size is not trusted."""
    written = 0
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with archive.open(entry) as packed, target.open("xb") as file:
            while part := packed.read(_CHUNK):
                written += len(part)
                if written > largest:
                    break
                file.write(part)
    except FileExistsError:
        return "a second file of the same name"
    except (zipfile.BadZipFile, OSError, EOFError, zlib.error, RuntimeError, NotImplementedError, ValueError):
        target.unlink(missing_ok=True)
        return "damaged"
    if written > largest:
        target.unlink(missing_ok=True)
        return "too large once unpacked"
    return ""
