"""The documentation trees: where each comes from, what of it is read, and what of its pages is content."""

import fnmatch
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.reading.fetch import fetch

KEPT_WHOLE = 2_000_000
"""Files of more bytes that aren't pages are not copied."""


@dataclass(frozen=True)
class Tree:
    """One tree of documentation."""

    name: str
    kind: str
    """The tool that it is written for or made by, for display."""
    origin: str
    """As in `fetch`."""
    folder: str
    """What is given to the builder, in the unpacked archive."""
    pages: tuple[str, ...]
    """Patterns of the pages in `folder` that have content; generated indexes and the like aren't listed."""
    syntax: str
    """What the pages are written in, a key of `originals.READERS`."""
    every: int = 1
    """Of the pages sorted by name, each so-manieth is read."""
    without: tuple[str, ...] = ()
    """Patterns of pages that aren't content, and of files that aren't copied."""
    main: str = "body"
    """HTML: selectors of a page's content, the first that it has."""
    chrome: str = ""
    """HTML: selectors within `main` of what isn't content."""
    headings: str = "h1, h2, h3, h4, h5, h6"
    """HTML: selectors of headings."""
    others: bool = True
    """Copy files that aren't pages, which pages may include."""

    def sample(self, cache: Path) -> tuple[Path, list[str]]:
        """The folder to read, and the names of its pages. Raises `UnavailableError` if the tree can't be had."""
        source = fetch(self.origin, cache) / self.folder
        target = cache / "samples" / f"{self.name}-{self.every}"
        names = sorted(self._files(source))
        pages = [name for name in names if self._matches(name, self.pages) and not self._matches(name, self.without)]
        pages = pages[:: self.every]
        if not target.is_dir():
            made = target.with_name(f"{target.name}.{os.getpid()}")
            wanted = set(pages)
            for name in names:
                if name in wanted or (self.others and self._is_other(source / name, name)):
                    (made / name).parent.mkdir(parents=True, exist_ok=True)
                    shutil.copyfile(source / name, made / name)
            made.rename(target)
        return target, pages

    def _is_other(self, file: Path, name: str) -> bool:
        return not (
            self._matches(name, self.pages) or self._matches(name, self.without) or file.stat().st_size > KEPT_WHOLE
        )

    @staticmethod
    def _files(source: Path) -> Iterator[str]:
        for parent, _, files in os.walk(source):
            for name in files:
                file = Path(parent, name)
                if file.is_file() and not file.is_symlink():
                    yield file.relative_to(source).as_posix()

    @staticmethod
    def _matches(name: str, patterns: tuple[str, ...]) -> bool:
        return any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)


_SPHINX_CHROME = (
    ".headerlink, .viewcode-link, .sphinxsidebar, .related, .prev-next-area, .prev-next-footer, .bd-footer, .toctree-wrapper, "
    ".rst-footer-buttons, [role=navigation], .copybtn, .linenos, .only-dark, .viewcode-back"
)
_ALL = ("*",)

TREES = (
    Tree(
        "django",
        "Sphinx, in .txt",
        "pypi:django==5.2.8",
        "docs",
        ("*.txt",),
        "rst",
        every=6,
        without=("releases/*", "_*", "requirements.txt", "man/*", "lint.py"),
    ),
    Tree(
        "numpy",
        "Sphinx, C and doctests",
        "pypi:numpy==2.3.5",
        "doc/source",
        ("*.rst",),
        "rst",
        every=3,
        without=("release/*", "release.rst", "_templates/*"),
    ),
    Tree(
        "pytest",
        "Sphinx",
        "pypi:pytest==9.0.1",
        "doc/en",
        ("*.rst",),
        "rst",
        without=("announce/*", "changelog.rst", "_changelog_towncrier_draft.rst", "*.txt"),
    ),
    Tree(
        "sqlalchemy",
        "Sphinx, with changelog extension",
        "pypi:sqlalchemy==2.0.44",
        "doc/build",
        ("*.rst",),
        "rst",
        every=4,
        without=("changelog/*", "*.txt", "copyright.rst"),
    ),
    Tree(
        "fastapi",
        "MkDocs, code included",
        "pypi:fastapi==0.88.0",
        "",
        ("docs/en/docs/*.md",),
        "markdown",
        without=(
            "docs/[!e]*",
            "docs/e[!n]*",
            "tests/*",
            "fastapi/*",
            "[A-Z]*.md",
            ".github/*",
            "scripts/*",
            "docs/en/overrides/*",
            "docs/en/docs/release-notes.md",
        ),
    ),
)
