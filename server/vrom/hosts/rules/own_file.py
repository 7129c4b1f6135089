"""A file that is wholly vrom's: its last line has a checksum, so that a user's changes are noticed and kept."""

import hashlib
import re
from pathlib import Path

from vrom.hosts import files
from vrom.hosts.configuration import Change

_SEAL = re.compile(r"<!-- Written by vrom, checksum ([0-9a-f]{16})\. [^\n]*-->\n?\Z")


def plan_writing(file: Path, text: str) -> Change:
    """The change that writes the file, or updates it; a file that the user has made or changed is kept.

    Raises `ConfigurationError` if the file can't be read.
    """
    before, after = files.read_bytes(file), seal(text).encode()
    if before is None:
        return Change(file, None, after, "added")
    if _unify(before) == after:
        return Change(file, before, before, "already there")
    if not is_sealed(before):
        return Change(file, before, before, "kept")
    return Change(file, before, after, "updated", only_own=True)


def plan_removal(file: Path) -> Change:
    """The change that removes the file; one that the user has made or changed is kept. Raises `ConfigurationError`."""
    before = files.read_bytes(file)
    if before is None:
        return Change(file, None, None, "not there")
    if not is_sealed(before):
        return Change(file, before, before, "kept")
    return Change(file, before, None, "removed", only_own=True)


def seal(text: str) -> str:
    """The text with a last line that has its checksum."""
    notice = f"Written by vrom, checksum {_checksum(text)}. Once you change this file, vrom leaves it alone."
    return f"{text}\n<!-- {notice} -->\n"


def is_sealed(content: bytes) -> bool:
    """True if the content is as `seal` wrote it, with any line ends."""
    text = _unify(content).decode(errors="replace")
    found = _SEAL.search(text)
    return found is not None and found[1] == _checksum(text[: found.start()].removesuffix("\n"))


def _checksum(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _unify(content: bytes) -> bytes:
    """The content with the line ends that vrom writes; git may have changed them."""
    return content.replace(b"\r\n", b"\n")
