"""Which content a package's files have, known without reading them: as long as they are the files that were read.

A file is the same as long as its inode, size and times are, as in git's index. A file that was changed a moment before
it was read could be changed again without a trace, so nothing is noted of it until it is older than a clock's tick.
"""

import hashlib
import time
from pathlib import Path

import orjson

from vrom.storage.atomic import replace_file

Fingerprint = list[list[int]]
"""Device, inode, size, and times of change in nanoseconds of every file; none of a file that isn't there."""

_TICK, _COARSE_TICK = 50_000_000, 2_100_000_000
"""Nanoseconds between two times that a file system can tell apart, and where it counts whole seconds."""


def fingerprint_of(files: list[Path]) -> Fingerprint:
    """What is different when one of the files is another one."""
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
    """The digest noted for a package with these files, None where there is none."""
    try:
        note = orjson.loads(_note(cache, folder).read_bytes())
        digest = note["digest"] if note["fingerprint"] == fingerprint else None
    except (OSError, orjson.JSONDecodeError, KeyError, TypeError):
        return None
    return digest if isinstance(digest, str) and len(digest) == 64 and digest.isalnum() else None


def note_digest(cache: Path, folder: Path, fingerprint: Fingerprint, digest: str) -> None:
    """Note the digest of a package that was read; `fingerprint` is that of before the reading."""
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
