"""Files that pages may include: those of one source or its repository, and never others."""

import os
from pathlib import Path
from stat import S_ISREG
from typing import Protocol

LARGEST_INCLUDED = 1_000_000
"""Maximum bytes of an included file; larger ones are data."""


OUTSIDE = "included file outside the source"


class NotIncludedError(Exception):
    """A file can't be included. The message is the reason, for display, the same for all of a kind."""


class Tree(Protocol):
    """The files around a source's pages, by paths from the root with `/` between parts."""

    def has_file(self, path: str) -> bool:
        """True if there is a file, which may still be refused by `read`."""

    def read(self, path: str) -> bytes:
        """The content of a file. Raises `NotIncludedError`."""


class FolderTree:
    """The files below a folder on disk. Links are followed within it."""

    def __init__(self, root: Path, only: frozenset[str] = frozenset()) -> None:
        """`only`: names of the folders in `root` that belong to the source; none for all."""
        self.root = Path(os.path.realpath(root))
        self._only = only

    def has_file(self, path: str) -> bool:
        """True if there is a file, which may still be refused by `read`."""
        if self._only and path.partition("/")[0] not in self._only:
            return False
        try:
            return (self.root / path).exists() and not (self.root / path).is_dir()
        except (OSError, ValueError):  # a name that no file can have
            return False

    def read(self, path: str) -> bytes:
        """The content of a file. Raises `NotIncludedError`, also for hidden files and for links out of the root."""
        real = Path(os.path.realpath(self.root / path))
        place = real.relative_to(self.root).as_posix() if real.is_relative_to(self.root) else ""
        if not place or (self._only and place.partition("/")[0] not in self._only):
            raise NotIncludedError(OUTSIDE)
        if is_hidden(path) or is_hidden(place):
            raise NotIncludedError("included file is hidden")
        try:
            # A pipe would be waited for, if it was opened to be read.
            opened = os.open(real, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        except OSError as error:
            raise NotIncludedError("included file cannot be read") from error
        with os.fdopen(opened, "rb") as stream:
            found = os.fstat(stream.fileno())
            if not S_ISREG(found.st_mode):
                raise NotIncludedError("included file is a pipe or a device")
            check_size(found.st_size)
            return stream.read(LARGEST_INCLUDED)


def check_size(size: int) -> None:
    """Raise `NotIncludedError` if a file is larger than `LARGEST_INCLUDED`."""
    if size > LARGEST_INCLUDED:
        raise NotIncludedError("included file is too large")


def is_hidden(path: str) -> bool:
    """True if a part of the path begins with a dot.

    Folders of documentation tools don't count, nor does a page that is only there to be included: `.shared.md`.
    """
    *folders, file = path.split("/")
    is_in_hidden_folder = any(part.startswith(".") and part not in _TOOLS for part in folders)
    return is_in_hidden_folder or (file.startswith(".") and not file.endswith(_PAGES))


_TOOLS = {".gitbook", ".github", ".vitepress", ".vuepress"}
_PAGES = (".md", ".mdx", ".rst", ".adoc")
