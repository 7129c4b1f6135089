"""A folder of source files from strangers: nothing outside it is read, and no file beyond a limit."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from stat import S_ISREG

from vrom.builder.sources.extra import MissingExtraError
from vrom.builder.sources.formats.encodings.decode import UnreadableError, decode

LARGEST_SOURCE = 4_000_000
"""Maximum bytes of a source file; larger ones are generated tables."""

DEEPEST_FOLDER = 64
"""Maximum nesting of folders; deeper ones aren't entered."""


class SourceFolder:
    """A folder with source files, by the path that its symbolic links lead to."""

    def __init__(self, folder: Path) -> None:
        self.root = Path(os.path.realpath(folder))

    def contains(self, path: Path) -> bool:
        """True if a path, with its links followed, is in the folder."""
        return self._follow(path).is_relative_to(self.root)

    def has_file(self, path: Path) -> bool:
        """True if there is a file at a path; false also for a path that no file can have."""
        return os.path.isfile(path)  # noqa: PTH113 - Path.is_file raises on names too long for the system

    def name(self, path: Path) -> str:
        """The path of a file relative to the folder, with `/` between parts."""
        return Path(os.path.relpath(path, self.root)).as_posix()

    def walk(self, top: Path, enters: Callable[[Path], bool]) -> Iterator[tuple[Path, list[str]]]:
        """Each folder from `top` on that `enters` accepts, with its files' names, sorted. Links aren't followed."""
        for parent, folders, files in os.walk(top):
            path = Path(parent)
            is_deepest = len(path.parts) - len(self.root.parts) >= DEEPEST_FOLDER
            folders[:] = [] if is_deepest else sorted(name for name in folders if enters(path / name))
            yield path, sorted(files)

    def read(self, path: Path) -> str:
        """The text of a file. Raises `UnreadableError` with the reason if it can't or mustn't be read."""
        if not self.contains(path):
            raise UnreadableError("is outside the folder")
        try:
            found = path.stat()
            if not S_ISREG(found.st_mode):
                raise UnreadableError("not a regular file")
            if found.st_size > LARGEST_SOURCE:
                raise UnreadableError(f"{found.st_size:,} bytes, more than the limit of {LARGEST_SOURCE:,}")
            return decode(path.read_bytes())
        except OSError as error:
            raise UnreadableError(f"cannot be read: {error.strerror}") from error
        except MissingExtraError as error:
            raise UnreadableError(str(error)) from error

    def _follow(self, path: Path) -> Path:
        try:
            return Path(os.path.realpath(path))
        except ValueError:  # a NUL in the name
            return Path(os.sep)
