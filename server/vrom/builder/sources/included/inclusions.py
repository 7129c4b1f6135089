"""Find and read the files that pages include, within limits.

How a tool resolves a path differs: from the page, from the documentation's root, from a configured folder, from the
project's root. All of them are tried, in this order; no path leads out of the tree.
"""

import posixpath
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from vrom.builder.document import Remark, Skipped
from vrom.builder.sources.extra import MissingExtraError
from vrom.builder.sources.formats.encodings.decode import UnreadableError, decode
from vrom.builder.sources.included.configured.bases import find_bases, parents_of
from vrom.builder.sources.included.configured.roots import find_code_folders, find_root
from vrom.builder.sources.included.configured.settings import find_settings
from vrom.builder.sources.included.docstrings.packages import Packages
from vrom.builder.sources.included.docstrings.stub import Stub
from vrom.builder.sources.included.partials import is_likely_partial
from vrom.builder.sources.included.tree import OUTSIDE, FolderTree, NotIncludedError, Tree, is_hidden

NOT_FOUND = "included file not found"
DEEPEST = 10
"""Maximum nesting of included files."""
MOST_PER_PAGE, LARGEST_PAGE = 2_000, 4_000_000
"""Inclusions of one page, and the characters that they may add to it."""
_LONGEST_PATH = 1_000
NO_PACKAGES = Packages()
_USUAL = ("_includes", "includes", "snippets", "examples", "static", "docs")
"""Folders that tools look in by default: Jekyll, MkDocs, the Kubernetes documentation."""


class Included(NamedTuple):
    """An included file."""

    path: str
    """From the tree's root."""
    text: str


@dataclass
class Inclusions:
    """Files that the pages of one source may include.

    For a page `guide/start.md` of a folder::

        inclusions = open_inclusions(folder)
        page = inclusions.page("guide/start.md")
        included = page.read("../code/app.py")  # or raises NotIncludedError
        page.remark("include::../code/app.py[]", error)
    """

    tree: Tree
    docs: str = ""
    """The source's folder, from the tree's root; empty for the root itself."""
    bases: tuple[str, ...] = ()
    """Folders that the documentation's tool is configured to look in, from the tree's root."""
    packages: Packages = NO_PACKAGES
    """Packages whose docstrings pages may refer to."""
    used: set[str] = field(default_factory=set)
    """Files that pages included, from the tree's root."""
    whole: set[str] = field(default_factory=set)
    """Files that pages included as a whole, from the tree's root."""
    _partials: int = 0
    _found: dict[tuple[str, str, str], str | None] = field(default_factory=dict, repr=False)

    @cached_property
    def settings(self) -> dict[str, str]:
        """Values that pages refer to as `{{ name }}`."""
        return find_settings(self.tree, self.docs)

    @cached_property
    def shows_members(self) -> bool:
        """True if Sphinx is configured to show members wherever it shows a class or module."""
        folders = [base for base in (self.docs, *self.bases) if self.tree.has_file(posixpath.join(base, "conf.py"))]
        try:
            text = self.tree.read(posixpath.join(folders[0], "conf.py")).decode("utf-8", "replace") if folders else ""
        except NotIncludedError:
            return False
        return bool(
            re.search(r"^autodoc_default_(?:options|flags)\s{0,9}=[^=\]}]{0,500}[\"']members[\"']", text, re.MULTILINE)
        )

    def page(self, name: str) -> "PageInclusions":
        """The inclusions of a page, by its path in the source."""
        return PageInclusions(self, name)

    def order_pages(self, names: Iterable[str]) -> Iterator[str]:
        """The pages to read: those that look like partials last, without those that were included meanwhile."""
        partials = []
        for name in names:
            if is_likely_partial(name):
                partials.append(name)
            else:
                yield name
        for name in partials:
            if self.place(name) in self.whole:
                self._partials += 1
            else:
                yield name

    def is_used(self, name: str) -> bool:
        """True if a page included a file of the source, by its path in it."""
        return self.place(name) in self.used

    def place(self, name: str) -> str:
        """A file's path from the tree's root, by its path in the source."""
        return posixpath.normpath(posixpath.join(self.docs, name))

    def skipped(self, prefix: str) -> Iterator[Skipped]:
        """An entry for the partials that `order_pages` left out."""
        if self._partials:
            files = "1 file" if self._partials == 1 else f"{self._partials} files"
            yield Skipped(posixpath.join(prefix.strip("/"), "*"), f"included in other pages ({files})")

    def find(self, path: str, including: str, page: str) -> str:
        """The path from the tree's root of a file named in `including`, which `page` includes or is.

        Raises `NotIncludedError` if there is none.
        """
        folders = posixpath.dirname(including), posixpath.dirname(page)
        key = (path, *folders)
        if key not in self._found:
            self._found[key] = self._find(path, folders)
        if (found := self._found[key]) is None:
            raise NotIncludedError(NOT_FOUND)
        if found == "..":
            raise NotIncludedError(OUTSIDE)
        return found

    def _find(self, path: str, folders: Iterable[str]) -> str | None:
        """The file's path; `..` if it would be outside, and None if it is missing."""
        path = path.strip().replace("\\", "/")
        if not path or len(path) > _LONGEST_PATH or "\0" in path or "\n" in path:
            return None
        below = path.removeprefix("@/").removeprefix("~/").removeprefix("@site/").lstrip("/")
        from_root = below != path
        folders = list(folders)
        ancestors = [one for folder in folders for one in parents_of(folder)]
        usual = [posixpath.join(base, name) for base in (self.docs, "") for name in _USUAL]
        usual += [posixpath.join(base, "examples") for base in ancestors]
        bases = [*([] if from_root else folders), *self.bases, self.docs, *ancestors, "", *usual]
        first = ""
        for base in dict.fromkeys(bases):
            place = posixpath.normpath(posixpath.join(base, below))
            first = first or place
            if place != "." and not place.startswith("../") and self.tree.has_file(place):
                return place
        return ".." if first.startswith("../") else None


class PageInclusions:
    """What one page includes: reads files within the page's limits, and collects remarks."""

    def __init__(self, inclusions: Inclusions, name: str) -> None:
        self.name = name
        self.remarks: list[Remark] = []
        self.imports: dict[str, str] = {}
        """Files that MDX imports, by name."""
        self.aside: list[str | Stub] = []
        """Markdown that the page's reader can't read, and docstrings; paragraphs `vrom-aside-0` stand for them."""
        self.module = ""
        """The module that references to docstrings are relative to, where the text is read."""
        self._inclusions = inclusions
        self._place = inclusions.place(name)
        self._nesting = [self._place]
        self._count = self._size = 0

    def read(self, path: str) -> Included:
        """The text of an included file. Raises `NotIncludedError` with the reason if it can't or mustn't be read."""
        self._count += 1
        if self._count > MOST_PER_PAGE:
            raise NotIncludedError("page includes too many files")
        found = self._inclusions.find(path, self._nesting[-1], self._place)
        if is_hidden(found):
            raise NotIncludedError("included file is hidden")
        content = self._inclusions.tree.read(found)
        self._inclusions.used.add(found)
        try:
            text = decode(content) if content.strip() else ""
        except (UnreadableError, MissingExtraError) as error:
            raise NotIncludedError("included file cannot be read") from error
        return Included(found, text)

    def add(self, text: str) -> str:
        """Count a text that goes into the page, and return it. Raises `NotIncludedError` if the page gets too large."""
        self._size += len(text)
        if self._size > LARGEST_PAGE:
            raise NotIncludedError("page includes too much text")
        return text

    def enter(self, included: Included) -> "_Nested":
        """A context in which paths are relative to an included file. Raises `NotIncludedError` on a cycle."""
        if included.path in self._nesting:
            raise NotIncludedError("included file includes itself")
        if len(self._nesting) > DEEPEST:
            raise NotIncludedError("included files are nested too deeply")
        return _Nested(self._nesting, included.path)

    @property
    def packages(self) -> Packages:
        """Packages whose docstrings the page may refer to."""
        return self._inclusions.packages

    @property
    def settings(self) -> dict[str, str]:
        """Values that the page may refer to as `{{ name }}`."""
        return self._inclusions.settings

    @property
    def shows_members(self) -> bool:
        """True if Sphinx is configured to show members wherever it shows a class or module."""
        return self._inclusions.shows_members

    def put_aside(self, content: str | Stub) -> list[str]:
        """Keep Markdown or a reference for `finish_document`, and return the paragraph that stands for it meanwhile."""
        if len(self.aside) >= MOST_PER_PAGE:
            self.remark("references to docstrings", NotIncludedError("page includes too many files"))
            return []
        self.aside.append(content)
        return [f"vrom-aside-{len(self.aside) - 1}"]

    def mark_whole(self, included: Included) -> None:
        """Note that a page included all of a file."""
        self._inclusions.whole.add(included.path)

    def remark(self, marker: str, error: NotIncludedError) -> None:
        """Note that a marker's file isn't in the page."""
        shown = " ".join(marker.split())
        shown = f"{shown[:119]}…" if len(shown) > 120 else shown
        self.remarks.append(Remark(str(error), example=f"{shown} in {self.name}", lost=True))


class _Nested:
    def __init__(self, nesting: list[str], path: str) -> None:
        self._nesting, self._path = nesting, path

    def __enter__(self) -> None:
        self._nesting.append(self._path)

    def __exit__(self, *_: object) -> None:
        self._nesting.pop()


def open_inclusions(source: Path, root: Path | None = None, packages: Packages = NO_PACKAGES) -> Inclusions:
    """The files that a folder's pages may include, or those of a single file: what is below `root`.

    Without a `root` it is the source's repository or project. References to docstrings are filled from there, too, and
    from `packages`.
    """
    folder = Path(source).resolve()
    if not folder.is_dir():
        folder = folder.parent
    if root is not None and folder.is_relative_to(root.resolve()):
        docs = folder.relative_to(root.resolve()).as_posix()
        return make_inclusions(FolderTree(root), docs, replace(packages, tree=root.resolve()))
    root = find_root(folder)
    only: frozenset[str] = frozenset()
    if root == folder and (beside := find_code_folders(folder)):
        root, only = folder.parent, frozenset({folder.name, *(one.name for one in beside)})
    packages = packages if only else replace(packages, tree=root)
    return make_inclusions(FolderTree(root, only), folder.relative_to(root).as_posix(), packages)


def make_inclusions(tree: Tree, docs: str, packages: Packages = NO_PACKAGES) -> Inclusions:
    """The files that the pages of a folder in a tree may include, also from where its tool is configured to look."""
    docs = "" if docs == "." else docs
    return Inclusions(tree, docs, find_bases(tree, docs), packages)
