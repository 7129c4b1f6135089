"""Unpacking of a release's file: wheels and source distributions, with their documentation and sources only.

Members that would lie outside, links and devices are left out, and nothing is executed.
"""

import gzip
import hashlib
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import IO, Any

from vrom.errors import HubError

MOST_MEMBERS, MOST_BYTES = 100_000, 2_000_000_000
"""Members of an archive, and bytes of what is unpacked."""
LARGEST_MEMBER = 64_000_000
LARGEST_ARCHIVE = 1_000_000_000
"""Bytes of a downloaded archive."""
_LARGEST_HEADER = 1 << 20
"""Bytes of a tar header that carries a long name, which tarfile reads into memory; those of real releases are short."""
_SUPPORTED_DIGESTS = {"sha256", "sha384", "sha512", "blake2b", "sha1", "md5"}
_UNREADABLE = (
    tarfile.TarError, zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError,
    RuntimeError, ValueError,
)  # fmt: skip
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
    except _UNREADABLE as error:
        raise HubError(f"{archive.name} can't be unpacked: {error or type(error).__name__}.") from error
    except OSError as error:
        raise HubError(f"{archive.name} can't be unpacked: {error.strerror or error}.") from error
    return left_out


def has_digest(archive: Path, digest: str) -> bool:
    """Return True if a file has a digest such as `sha512:…`. Raises `HubError` if it is of an unsupported kind."""
    kind, _, expected = digest.partition(":")
    if kind not in _SUPPORTED_DIGESTS:
        raise HubError(f"{archive.name} has a digest of an unsupported kind in the lock: {kind[:20]!r}.")
    with archive.open("rb") as stream:
        return hashlib.file_digest(stream, kind).hexdigest() == expected


def _members(archive: Path) -> Iterator[tuple[str, int, IO[bytes] | None]]:
    """Name, size and content of each file; no content for what isn't a regular file."""
    if zipfile.is_zipfile(archive):
        _check_directory(archive)
        with zipfile.ZipFile(archive) as opened:
            for info in opened.infolist():
                kind = (info.external_attr >> 16) & 0o170000
                if info.is_dir():
                    continue
                is_readable = info.compress_type in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
                if kind not in {0, 0o100000} or info.file_size > LARGEST_MEMBER or not is_readable:
                    yield info.filename, info.file_size, None
                    continue
                with opened.open(info) as stream:
                    yield info.filename, info.file_size, stream
        return
    with archive.open("rb") as raw:
        is_gzip = raw.read(2) == b"\x1f\x8b"
    with gzip.open(archive) if is_gzip else archive.open("rb") as plain:
        bounded: Any = _Bounded(plain)
        with tarfile.open(fileobj=bounded, mode="r|", tarinfo=_BoundedTarInfo) as tar:
            for member in tar:
                if not member.isdir():
                    yield member.name, member.size, tar.extractfile(member) if member.isreg() else None


class _Bounded:
    """A stream that raises `HubError` after more bytes than the largest release has, unpacked or skipped."""

    def __init__(self, stream: Any) -> None:
        self._stream, self._left = stream, 2 * MOST_BYTES

    def read(self, size: int) -> bytes:
        block: bytes = self._stream.read(size)
        self._left -= len(block)
        if self._left < 0:
            raise HubError(f"The archive unpacks to more than {2 * MOST_BYTES:,} bytes.")
        return block


class _BoundedTarInfo(tarfile.TarInfo):
    """A tar header that refuses oversized long names before they are read into memory."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> Any:
        header = super().frombuf(buf, encoding, errors)
        if header.type in _CARRY_TEXT and not 0 <= header.size <= _LARGEST_HEADER:
            raise HubError(f"The archive has a header of {header.size:,} bytes, expected at most {_LARGEST_HEADER:,}.")
        return header


_CARRY_TEXT = {
    tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.SOLARIS_XHDTYPE, tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK,
}  # fmt: skip


def _check_directory(archive: Path) -> None:
    """Raise `HubError` if a zip file's directory, which zipfile reads into memory, is larger than `MOST_MEMBERS` need.

    The directory ends where the file ends, and gives its own size there.
    """
    with archive.open("rb") as stream:
        end = zipfile._EndRecData(stream)  # type: ignore[attr-defined]
    if end and end[5] > MOST_MEMBERS * 300:
        raise HubError(f"{archive.name} has a directory of {end[5]:,} bytes: more than {MOST_MEMBERS:,} members.")


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
