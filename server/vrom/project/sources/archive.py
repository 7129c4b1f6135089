"""Unpacking of a release's file: wheels and source distributions, with their documentation and sources only.

Members that would lie outside, links and devices are left out, and nothing is executed.
"""

import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import IO

from vrom.errors import HubError

MOST_MEMBERS, MOST_BYTES = 100_000, 2_000_000_000
"""Members of an archive, and bytes of what is unpacked."""
LARGEST_MEMBER = 64_000_000
_PARTS_OF_NAME = 40
_BLOCK = 1 << 20


def unpack_release(archive: Path, into: Path) -> int:
    """Unpack an archive into an empty folder and return the number of members left out.

    Raises `HubError` if it can't be read or is too large.
    """
    left_out, total = 0, 0
    try:
        for number, (name, size, stream) in enumerate(_members(archive)):
            if number >= MOST_MEMBERS:
                raise HubError(f"{archive.name} has more than {MOST_MEMBERS:,} members.")
            place = safe_path(name)
            if stream is None or place is None or size > LARGEST_MEMBER:
                left_out += 1
                continue
            target = into / place
            if target.exists() or not _make_folder(target.parent, into):
                left_out += 1
                continue
            with target.open("xb") as file:
                while block := stream.read(_BLOCK):
                    total += len(block)
                    if total > MOST_BYTES:
                        raise HubError(f"{archive.name} unpacks to more than {MOST_BYTES:,} bytes.")
                    file.write(block)
    except (tarfile.TarError, zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise HubError(f"{archive.name} can't be unpacked: {error or type(error).__name__}.") from error
    except OSError as error:
        raise HubError(f"{archive.name} can't be unpacked: {error.strerror or error}.") from error
    return left_out


def _members(archive: Path) -> Iterator[tuple[str, int, IO[bytes] | None]]:
    """Name, size and content of each file; no content for what isn't a regular file."""
    if zipfile.is_zipfile(archive):
        with zipfile.ZipFile(archive) as opened:
            for info in opened.infolist():
                kind = (info.external_attr >> 16) & 0o170000
                if info.is_dir():
                    continue
                if kind not in {0, 0o100000} or info.file_size > LARGEST_MEMBER:
                    yield info.filename, info.file_size, None
                    continue
                with opened.open(info) as stream:
                    yield info.filename, info.file_size, stream
        return
    with tarfile.open(archive, mode="r|*") as tar:
        for member in tar:
            if not member.isdir():
                yield member.name, member.size, tar.extractfile(member) if member.isreg() else None


def safe_path(name: str) -> Path | None:
    """The relative path of a member; None if it would lie outside, or no file system could hold it."""
    path, windows = PurePosixPath(name), PureWindowsPath(name)
    is_outside = path.is_absolute() or windows.drive or windows.root or ".." in path.parts
    if is_outside or "\0" in name or "\\" in name or len(path.parts) > _PARTS_OF_NAME or not path.parts:
        return None
    return Path(*path.parts) if all(len(part.encode()) < 250 for part in path.parts) else None


def _make_folder(folder: Path, root: Path) -> bool:
    """Make a folder below `root`; False if a file is in its way."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError):
        return False
    return folder.resolve().is_relative_to(root.resolve())
