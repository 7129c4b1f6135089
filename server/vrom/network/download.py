"""Download of one file to disk: streamed, resumable, limited in size, and verified by digest.

Received bytes are kept in a part file, next to a note of its validator (ETag or date). The next attempt, by this
process or a later one, requests the remaining bytes on condition that the file is unchanged (RFC 9110, section 13.1.5).
If the file has changed, the server sends all of it.
"""

import contextlib
import hashlib
import os
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from pydantic import BaseModel, Field

from vrom.errors import HubError, MismatchError, TransferError
from vrom.network.addresses import without_credentials
from vrom.network.client import Network
from vrom.network.retry import tries
from vrom.storage.atomic import write_file
from vrom.storage.digest import sha256_of

if TYPE_CHECKING:
    import httpx2

Progress = Callable[[str, int, int | None], None]
"""Called as `progress(what, done, total)`, in bytes; `total` is None while unknown."""

PATIENCE = 60.0
"""Seconds; a transfer that receives fewer than `LEAST_BYTES` in this time is aborted and resumed."""
LEAST_BYTES = 10_000

_CONTENT_RANGE = re.compile(r"bytes (\d{1,18})-(\d{1,18})/(\d{1,18}|\*)")


class Digest(BaseModel):
    """Expected SHA-256 and size of a file."""

    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    size: int = Field(ge=0)


def silent(_what: str, _done: int, _total: int | None) -> None:
    """Report nothing."""


@dataclass
class Downloads:
    """Resumable downloads into a folder of part files."""

    network: Network
    folder: Path
    limit: int
    """Largest size of one file in bytes."""
    patience: float = PATIENCE

    def fetch(
        self,
        url: str,
        into: Path,
        digest: Digest | None = None,
        *,
        named_by: str = "",
        limit: int | None = None,
        progress: Progress = silent,
    ) -> None:
        """Download `url` to the path `into`, complete and synced to disk; on failure `into` is not created.

        `named_by` is the address that the user gave. Raises `TransferError`; `MismatchError` if the file doesn't match
        `digest`; `HubError` on disk errors.
        """
        part = _Part(self.folder / hashlib.sha256(url.encode()).hexdigest()[:32], resumable_anyway=digest is not None)
        limit = min(limit or self.limit, self.limit)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            if digest and digest.size > limit:
                raise _too_large(url, digest.size, limit)
            if not self._complete(url, part, digest, named_by, limit, progress):
                self._complete(url, part, digest, named_by, limit, progress, last=True)
            part.file.replace(into)
            part.discard()
        except OSError as error:
            raise HubError(
                f"Cannot write {into}: {error.strerror or error}. Check disk space and permissions."
            ) from error

    def _complete(
        self,
        url: str,
        part: "_Part",
        digest: Digest | None,
        named_by: str,
        limit: int,
        progress: Progress,
        *,
        last: bool = False,
    ) -> bool:
        """Download and verify the file; return False if a resumed file doesn't match and must be downloaded again."""
        try:
            for attempt in tries(self.network.sleep, progress=part.size):
                with attempt:
                    if not (digest and part.size() == digest.size):
                        self._continue(url, part, named_by, digest, limit, progress)
        except TransferError as error:
            if not error.again:
                part.discard()
            raise
        except MismatchError:
            part.discard()
            if last or not part.resumed:
                raise
            return False
        found = digest_of(part.file) if digest else None
        if found != digest:
            part.discard()
            if last or not part.resumed:
                raise _mismatch(url, found, digest)
            return False
        return True

    def _continue(
        self, url: str, part: "_Part", named_by: str, digest: Digest | None, limit: int, progress: Progress
    ) -> None:
        """Request the missing bytes and append them."""
        with self.network.get(url, named_by=named_by, headers=part.condition()) as response:
            if response.status_code == 416:
                if response.headers.get("Content-Range") == f"bytes */{part.size()}":
                    return  # a process was killed after the last byte, before the file was moved
                part.discard()  # shorter than the part file: a different file
                raise TransferError(f"{without_credentials(url)} changed during the download.", again=True)
            start, total = _extent(response, part)
            if total is not None and total > (digest.size if digest else limit):
                part.discard()
                raise _too_large(url, total, limit, digest)
            part.begin(response.headers, start)
            with part.file.open("r+b" if start else "wb") as stream:
                stream.seek(start)
                stream.truncate()
                self._write(url, response, stream, start, total, digest, limit, progress)
        if total is not None and part.size() < total:
            raise TransferError(
                f"{without_credentials(url)} ended after {part.size():,} of {total:,} bytes.", again=True
            )

    def _write(
        self, url: str, response: "httpx2.Response", stream: BinaryIO, done: int, total: int | None,
        digest: Digest | None, limit: int, progress: Progress,
    ) -> None:  # fmt: skip
        watched, since = done, time.monotonic()
        try:
            for block in response.iter_bytes():  # no fixed size: it would lose buffered bytes
                done += len(block)
                if done > (digest.size if digest else limit):
                    raise _too_large(url, done, limit, digest)
                stream.write(block)
                progress("downloading", done, total)
                if time.monotonic() - since > self.patience:
                    if done - watched < LEAST_BYTES:
                        raise TransferError(f"{without_credentials(url)} is downloading too slowly.", again=True)
                    watched, since = done, time.monotonic()
        finally:
            stream.flush()
            os.fsync(stream.fileno())


class _Part:
    """Received part of a file, and the validator of the version it belongs to."""

    def __init__(self, stem: Path, *, resumable_anyway: bool) -> None:
        self.file = stem.with_name(stem.name + ".part")
        self._note = stem.with_name(stem.name + ".validator")
        self._resumable_anyway = resumable_anyway
        self.resumed = self.size() > 0
        """True if the bytes on disk may come from two versions of the file."""

    def size(self) -> int:
        try:
            return self.file.stat().st_size
        except OSError:
            return 0

    def condition(self) -> dict[str, str]:
        """Headers that request the remaining bytes if the file is unchanged; empty if there is nothing to resume."""
        if not self.size():
            return {}
        validator = ""
        with contextlib.suppress(OSError, UnicodeError):
            validator = self._note.read_text(encoding="ascii")
        if not validator and not self._resumable_anyway:
            return {}
        rest = {"Range": f"bytes={self.size()}-"}
        return rest | {"If-Range": validator} if validator else rest

    def begin(self, headers: "httpx2.Headers", start: int) -> None:
        """Record the validator of a file that is received from its start."""
        self.resumed = start > 0
        if start:
            return
        self.file.unlink(missing_ok=True)
        etag = headers.get("ETag", "")
        strong = etag if etag.startswith('"') else headers.get("Last-Modified", "")
        encoded = headers.get("Content-Encoding", "identity") != "identity"  # byte ranges would count encoded bytes
        write_file(self._note, [b"" if encoded else strong.encode("ascii", "ignore")[:1000]])

    def discard(self) -> None:
        self.file.unlink(missing_ok=True)
        self._note.unlink(missing_ok=True)


def _extent(response: "httpx2.Response", part: _Part) -> tuple[int, int | None]:
    """Offset at which the response starts, and the file's total size in bytes, None if the server doesn't say."""
    if response.status_code == 206:
        found = _CONTENT_RANGE.fullmatch(response.headers.get("Content-Range", ""))
        if not found or int(found[1]) != part.size():
            part.discard()
            raise TransferError(
                f"{without_credentials(str(response.url))}: the server returned a different byte range than requested.",
                again=True,
            )
        return part.size(), None if found[3] == "*" else int(found[3])
    length = response.headers.get("Content-Length", "")
    encoded = response.headers.get("Content-Encoding", "identity") != "identity"
    return 0, int(length) if length.isdigit() and not encoded else None


def digest_of(file: Path) -> Digest:
    """Size and SHA-256 of a file."""
    return Digest(sha256=sha256_of(file), size=file.stat().st_size)


def _mismatch(url: str, found: Digest | None, expected: Digest | None) -> MismatchError:
    parts = [f"{d.size:,} bytes with SHA-256 {d.sha256[:12]}…" if d else "nothing" for d in (found, expected)]
    return MismatchError(
        f"{without_credentials(url)} is {parts[0]}, expected {parts[1]}. Nothing was installed. "
        "The file on the server was replaced or damaged; tell its publisher."
    )


def _too_large(url: str, size: int, limit: int, digest: Digest | None = None) -> HubError:
    if digest and digest.size < size:
        return MismatchError(
            f"{without_credentials(url)} has at least {size:,} bytes, expected {digest.size:,}. Nothing was installed. "
            "The file on the server was replaced or damaged; tell its publisher."
        )
    return TransferError(
        f"{without_credentials(url)} has at least {size:,} bytes, more than the limit of {limit:,}. "
        "To allow larger files, set VROM_MAX_DOWNLOAD."
    )
