"""What every reader of a lock file returns, and how it fails."""

from dataclasses import dataclass
from pathlib import Path

from vrom.errors import VromError
from vrom.project.dependency import Dependency
from vrom.storage.regular_file import open_regular

LARGEST_LOCK = 128_000_000
"""Maximum bytes of a lock file."""


class LockFileError(VromError):
    """A lock file can't be read: `file`, the line (0 if unknown) and the problem."""

    def __init__(self, file: Path, problem: str, line: int = 0) -> None:
        self.file, self.line, self.problem = file, line, problem
        where = f"{file}, line {line}" if line else f"{file}"
        super().__init__(f"{where}: {problem}")


@dataclass(frozen=True)
class Lock:
    """A lock file and the dependencies it holds, for the folder that was asked about."""

    file: Path
    dependencies: tuple[Dependency, ...]


def read_text(file: Path) -> str:
    """The text of a lock file. Raises `LockFileError` if it can't be read, is too large, or isn't UTF-8."""
    try:
        with open_regular(file) as stream:
            raw = stream.read(LARGEST_LOCK + 1)
    except OSError as error:
        raise LockFileError(file, f"can't be read: {error.strerror or error}.") from error
    if len(raw) > LARGEST_LOCK:
        raise LockFileError(file, f"more than {LARGEST_LOCK:,} bytes, which no lock file has.")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise LockFileError(file, "not UTF-8.", line) from error
