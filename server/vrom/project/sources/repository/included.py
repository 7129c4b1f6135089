"""Files that the documentation pages of a repository include, to be fetched after the pages."""

from collections.abc import Collection, Iterable
from pathlib import Path
from posixpath import dirname

from vrom.builder.sources.formats.encodings.decode import UnreadableError, decode
from vrom.builder.sources.included.expand import expand_text
from vrom.builder.sources.included.inclusions import Inclusions, make_inclusions
from vrom.builder.sources.included.tree import NotIncludedError, is_hidden


def find_included(folder: Path, pages: Iterable[str], listed: Collection[str]) -> set[str]:
    """The files of a commit that its pages include, but that aren't below `folder` yet.

    `pages` are paths of files below `folder`, and `listed` those of all files of the commit.
    """
    tree = _ListedTree(folder, listed)
    inclusions: dict[str, Inclusions] = {}
    for page in pages:
        parent = dirname(page)
        if parent not in inclusions:
            inclusions[parent] = make_inclusions(tree, parent)
        try:
            text = decode((folder / page).read_bytes())
        except (UnreadableError, OSError):
            continue
        expand_text(text, page, inclusions[parent].page(page.rpartition("/")[2]))
    return tree.wanted


class _ListedTree:
    """All files of a commit, of which some are there to be read. The others that are wanted are noted."""

    def __init__(self, folder: Path, listed: Collection[str]) -> None:
        self._folder, self._listed = folder, listed
        self.wanted: set[str] = set()

    def has_file(self, path: str) -> bool:
        """True if the commit has a file."""
        return path in self._listed

    def read(self, path: str) -> bytes:
        """The content of a file that is there already. Raises `NotIncludedError` for others."""
        if (self._folder / path).is_file():
            return (self._folder / path).read_bytes()
        if not is_hidden(path):
            self.wanted.add(path)
        raise NotIncludedError("included file not fetched yet")
