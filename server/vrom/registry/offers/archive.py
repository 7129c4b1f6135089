"""Unpack a package from an archive: `.zip`, `.tar.gz`, `.tar`, or `.vrom`, which is any of these.

Members are unpacked under temporary names. A member with a path outside the folder, a link or a device causes the whole
archive to be refused, since no tool creates such members for a package.
"""

import gzip
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

from vrom.errors import HubError
from vrom.format.companions import NAMES
from vrom.registry.offers.files import Readable, copy_stream

MAX_MEMBERS = 10_000
MAX_FILES = 16
"""Maximum number of files unpacked in search of the package."""
MAX_HEADER = 1 << 16
"""Maximum bytes of a tar header that carries a long name."""


def is_archive(path: Path) -> bool:
    """True if a path is a file with an archive's suffix."""
    return path.is_file() and path.name.lower().endswith((".zip", ".tar.gz", ".tgz", ".tar", ".vrom"))


def unpack(archive: Path, into: Path, limit: int) -> None:
    """Unpack the package's files from an archive into an empty folder, at most `limit` bytes in total.

    They must be at the archive's top level or in one folder there. Raises `HubError` if the archive contains no package
    or several, can't be read, is too large, or has a forbidden member.
    """
    unpacked: dict[PurePosixPath, Path] = {}
    left = limit
    try:
        for name, stream in _members(archive, limit):
            is_wanted = name.suffix == ".json" or name.name == NAMES["tokens"]
            if not is_wanted or len(name.parts) > 2 or name.name.startswith("."):
                continue
            if name in unpacked or len(unpacked) == MAX_FILES:
                raise _refused(
                    archive,
                    str(name),
                    "occurs twice" if name in unpacked else f"exceeds the limit of {MAX_FILES} files",
                )
            unpacked[name] = into / f".{len(unpacked)}"
            left -= copy_stream(stream, unpacked[name], left)
    except (tarfile.TarError, zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise HubError(f"Cannot unpack {archive}: {error}. Expected a complete .zip or .tar.gz file.") from error
    except OSError as error:
        raise HubError(
            f"Cannot unpack {archive}: {error.strerror or error}. Expected a .zip or .tar.gz file."
        ) from error
    manifests = sorted((name for name in unpacked if name.name == "manifest.json"), key=lambda name: len(name.parts))
    if not manifests or (len(manifests) > 1 and len(manifests[0].parts) == len(manifests[1].parts)):
        found = f"{len(manifests)} packages" if manifests else "no manifest.json in its top folder or a folder below"
        raise HubError(f"{archive} contains {found}, expected one package.")
    for name, file in unpacked.items():
        if name.parent == manifests[0].parent:
            file.rename(into / name.name)
        else:
            file.unlink()


def _members(archive: Path, limit: int) -> Iterator[tuple[PurePosixPath, Readable]]:
    """The regular files of an archive; each must be read before the next."""
    if zipfile.is_zipfile(archive):
        return _zip_members(archive)
    return _tar_members(archive, limit)


def _zip_members(archive: Path) -> Iterator[tuple[PurePosixPath, Readable]]:
    with zipfile.ZipFile(archive) as opened:
        infos = opened.infolist()
        if len(infos) > MAX_MEMBERS:
            raise _refused(archive, infos[MAX_MEMBERS].filename, f"exceeds the limit of {MAX_MEMBERS} members")
        for info in infos:
            name = _safe_name(archive, info.orig_filename)
            kind = stat.S_IFMT(info.external_attr >> 16)
            if kind not in {0, stat.S_IFREG, stat.S_IFDIR}:
                raise _refused(archive, info.filename, "is a link or a device")
            if info.filename.endswith("/"):
                continue
            if info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
                raise _refused(archive, info.filename, "does not use deflate compression")
            with opened.open(info) as stream:
                yield name, stream


class _BoundedTarInfo(tarfile.TarInfo):
    """A tar header that refuses oversized long names before they are read into memory."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> Any:
        header = super().frombuf(buf, encoding, errors)
        carries_text = header.type in {tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.SOLARIS_XHDTYPE, *_LONG}
        if carries_text and not 0 <= header.size <= MAX_HEADER:
            raise HubError(f"The archive has a header of {header.size} bytes, expected at most {MAX_HEADER}.")
        return header


_LONG = (tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK)


class _Bounded:
    """A stream that raises `HubError` after more than `limit` bytes."""

    def __init__(self, archive: Path, stream: Readable, limit: int) -> None:
        self._archive, self._stream, self._left = archive, stream, limit

    def read(self, size: int) -> bytes:
        block = self._stream.read(size)
        self._left -= len(block)
        if self._left < 0:
            raise HubError(f"{self._archive} unpacks to more than the allowed number of bytes.")
        return block


def _tar_members(archive: Path, limit: int) -> Iterator[tuple[PurePosixPath, Readable]]:
    with archive.open("rb") as raw:
        is_gzip = raw.read(2) == b"\x1f\x8b"
    with gzip.open(archive) if is_gzip else archive.open("rb") as plain:
        bounded: Any = _Bounded(archive, plain, limit + MAX_MEMBERS * 1024)
        with tarfile.open(fileobj=bounded, mode="r|", tarinfo=_BoundedTarInfo) as opened:
            for number, member in enumerate(opened):
                if number == MAX_MEMBERS:
                    raise _refused(archive, member.name, f"exceeds the limit of {MAX_MEMBERS} members")
                name = _safe_name(archive, member.name)
                if not member.isreg() and not member.isdir():
                    raise _refused(archive, member.name, "is a link or a device")
                stream = opened.extractfile(member) if member.isreg() else None
                if stream:
                    yield name, stream


def _safe_name(archive: Path, name: str) -> PurePosixPath:
    if not name:
        raise _refused(archive, name, "has no name")
    path = PurePosixPath(name)
    windows = PureWindowsPath(name)
    if path.is_absolute() or windows.drive or windows.root or "\\" in name or "\0" in name or ".." in path.parts:
        raise _refused(archive, name, "would be written outside the target folder")
    return path


def _refused(archive: Path, member: str, why: str) -> HubError:
    return HubError(
        f"{archive}: its member {member[:200]!r} {why}. Nothing was installed; do not trust the source of this archive."
    )
