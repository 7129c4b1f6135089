"""SHA-256 of files."""

import hashlib
from pathlib import Path

from vrom.storage.regular_file import open_regular


def sha256_of(file: Path) -> str:
    """SHA-256 of a regular file in hex, read in blocks. Raises `OSError`."""
    with open_regular(file) as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
