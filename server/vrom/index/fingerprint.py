"""Cached digests of a package's files, keyed by file status, so that unchanged files needn't be read.

A file counts as unchanged while its inode, size and times are unchanged, as in git's index. A file changed just before
it was read could change again with the same times, so no digest is stored until the file is older than a clock tick.
"""

import hashlib
import time
from pathlib import Path

import orjson

from vrom.storage.atomic import replace_file

Fingerprint = list[list[int]]
"""Device, inode, size, and modification and status change times in nanoseconds, per file; empty for a missing file."""

_TICK, _COARSE_TICK = 50_000_000, 2_100_000_000
"""Resolution of file times in nanoseconds: on most file systems, and on those with whole seconds."""


def fingerprint_of(files: list[Path]) -> Fingerprint:
    """Fingerprint of the files; it changes when any of them is replaced or edited."""
    found: Fingerprint = []
    for file in files:
        try:
            stat = file.stat()
        except OSError:
            found.append([])
        else:
            found.append([stat.st_dev, stat.st_ino, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns])
    return found


def known_digest(cache: Path, folder: Path, fingerprint: Fingerprint) -> str | None:
    """Stored digest of the package with this fingerprint, or None."""
    try:
        note = orjson.loads(_note(cache, folder).read_bytes())
        digest = note["digest"] if note["fingerprint"] == fingerprint else None
    except (OSError, orjson.JSONDecodeError, KeyError, TypeError):
        return None
    return digest if isinstance(digest, str) and len(digest) == 64 and digest.isalnum() else None


def note_digest(cache: Path, folder: Path, fingerprint: Fingerprint, digest: str) -> None:
    """Store the digest of a package; `fingerprint` is the one from before it was read."""
    if any(file and time.time_ns() - max(file[3:]) < _tick(file) for file in fingerprint):
        return
    try:
        replace_file(_note(cache, folder), [orjson.dumps({"fingerprint": fingerprint, "digest": digest})])
    except OSError:
        return  # the next process reads the package again


def _tick(file: list[int]) -> int:
    return _TICK if file[3] % 1_000_000_000 else _COARSE_TICK


def _note(cache: Path, folder: Path) -> Path:
    name = hashlib.sha256(str(folder.absolute()).encode("utf-8", "surrogateescape")).hexdigest()[:32]
    return cache / "known" / f"{name}.json"
