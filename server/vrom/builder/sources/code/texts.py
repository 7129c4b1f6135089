"""The texts of a source folder: its README, CHANGELOG and `docs/`."""

from collections.abc import Iterator
from pathlib import Path, PurePath

from vrom.builder.document import Document, Skipped
from vrom.builder.sources.code.source_folder import SourceFolder
from vrom.builder.sources.files.read import (
    add_prefix,
    count_skipped_kinds,
    find_reader,
    is_documentation_file,
    is_documentation_path,
    read_file,
)
from vrom.builder.sources.top_texts import is_top_text

_FOLDERS = {"doc", "docs"}


def read_texts(folder: SourceFolder, prefix: str) -> Iterator[Document | Skipped]:
    """The documents of a source folder's texts, by their path in the folder. Links out of the folder are skipped."""
    others = []
    for file in find_texts(folder):
        name = folder.name(file)
        if find_reader(name) and not folder.contains(file):
            yield Skipped(add_prefix(prefix, name), "is a link to a place outside the folder")
        elif not folder.contains(file) or not is_documentation_file(file, name):
            others.append(name)
        else:
            yield from read_file(file, add_prefix(prefix, name))
    yield from count_skipped_kinds(others)


def find_texts(folder: SourceFolder) -> list[Path]:
    """The files at the top whose name announces a text, then those of the documentation folders."""
    try:
        entries = sorted(folder.root.iterdir())
    except OSError:
        return []
    tops = [path for path in entries if is_top_text(path.name) and folder.has_file(path) and path.suffix]
    folders = [path for path in entries if path.name.lower() in _FOLDERS and not path.is_symlink()]
    return [*tops, *(file for parent in folders for file in _list_files(folder, parent))]


def _list_files(folder: SourceFolder, top: Path) -> list[Path]:
    """The files below a folder that aren't hidden or made by a tool, sorted."""
    walked = folder.walk(top, lambda path: is_documentation_path(PurePath(path.name)))
    return sorted(Path(parent, name) for parent, names in walked for name in names if not name.startswith("."))
