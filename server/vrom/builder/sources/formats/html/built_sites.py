"""What is beside the pages of a built site: copies of its sources, and the folder of a docset with the pages."""

from collections.abc import Iterable
from pathlib import Path, PurePosixPath

_DOCSET_PAGES = PurePosixPath("Contents/Resources/Documents")
_SPHINX_SOURCES = "_sources"


def find_pages_folder(folder: Path) -> Path:
    """The folder with the pages of a Dash or Zeal docset (kapeli.com/docsets); `folder` itself if it is none."""
    pages = folder / _DOCSET_PAGES
    return pages if folder.suffix.lower() == ".docset" and pages.is_dir() and not pages.is_symlink() else folder


def find_source_copies(names: Iterable[str]) -> set[str]:
    """Of the names of a folder's files, those of the sources that Sphinx put beside the pages that it made of them."""
    known = set(names)
    return {name for name in known if _is_source_copy(PurePosixPath(name), known)}


def _is_source_copy(name: PurePosixPath, known: set[str]) -> bool:
    if _SPHINX_SOURCES not in name.parts[:-1]:
        return False
    at = name.parts.index(_SPHINX_SOURCES)
    site, inner = PurePosixPath(*name.parts[:at]), PurePosixPath(*name.parts[at + 1 :])
    stem = inner.name.partition(".")[0]
    pages = (site / inner.with_name(f"{stem}.html"), site / inner.with_name(stem) / "index.html", site / "index.html")
    return any(str(page) in known for page in pages)
