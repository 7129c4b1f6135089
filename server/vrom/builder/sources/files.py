"""Folders and files of documentation; a file's name selects its reader."""

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path, PurePath, PurePosixPath
from stat import S_ISREG

from vrom.builder.document import Document, Skipped
from vrom.builder.sources.extra import MissingExtraError
from vrom.builder.sources.formats.decode import UnreadableError, decode
from vrom.builder.sources.formats.llms_txt import is_full_text, read_full_text
from vrom.builder.sources.formats.titles import make_titled_document
from vrom.builder.sources.included.docstrings.packages import Packages
from vrom.builder.sources.included.expand import expand_text, finish_document
from vrom.builder.sources.included.inclusions import NO_PACKAGES, Inclusions, PageInclusions, open_inclusions
from vrom.builder.sources.isolated import read_isolated
from vrom.builder.text_dumps.plain_text import convert_plain_text

LARGEST_FILE = 64_000_000
"""Maximum bytes of a file; larger files are skipped."""

LONGEST_LINE = 1_000_000
"""Maximum characters of a line of Markdown, plain text or reStructuredText."""

Reader = Callable[[str, str], Iterator[Document]]
"""Function from a text and its name within the cartridge to documents. Raises `UnreadableError`."""

_NOT_ENTERED = {"node_modules", "__pycache__", "_build", "site-packages"}


def read_path(source: Path, prefix: str = "", packages: Packages = NO_PACKAGES) -> Iterator[Document | Skipped]:
    """The documents of a folder, in the order of their names, or of one file.

    References to docstrings are filled from `packages`.
    """
    inclusions = open_inclusions(source, packages=packages)
    if source.is_dir():
        yield from _read_folder(source, prefix, inclusions)
    else:
        yield from read_file(source, add_prefix(prefix, source.name), inclusions.page(source.name))


def read_file(file: Path, name: str, page: PageInclusions | None = None) -> Iterator[Document | Skipped]:
    """The document of one file, with the files that `page` includes; several if the file holds several documents."""
    try:
        found = file.stat()
        if not S_ISREG(found.st_mode):
            yield Skipped(name, "not a regular file, but a pipe, a socket or a device")
            return
        if found.st_size > LARGEST_FILE:
            yield skip_too_large(name, found.st_size)
            return
        content = file.read_bytes()
    except OSError as error:
        yield Skipped(name, f"cannot be read: {error.strerror}")
        return
    yield from read_content(content, name, page)


def skip_too_large(name: str, size: int) -> Skipped:
    """The `Skipped` entry of a file that exceeds `LARGEST_FILE`."""
    return Skipped(name, f"{size:,} bytes, more than the limit of {LARGEST_FILE:,}")


def read_content(content: bytes, name: str, page: PageInclusions | None = None) -> Iterator[Document | Skipped]:
    """The documents in the bytes of a file, with the files that `page` includes, or the reason why it gives none."""
    read = find_reader(name)
    if read is None:
        suffix = PurePosixPath(name).suffix or "file name without a suffix"
        yield Skipped(name, f"{suffix}: unsupported format")
        return
    try:
        text = decode(content)
        if read not in (_read_html, _read_notebook):  # often a single line
            check_line_lengths(text)
        if page is None:
            yield from read(text, name)
            return
        for document in read(expand_text(text, name, page), name):
            yield finish_document(document, page)
    except (UnreadableError, MissingExtraError) as error:
        yield Skipped(name, str(error))


def check_line_lengths(text: str) -> None:
    """Raise `UnreadableError` if a line exceeds `LONGEST_LINE`: such a line is data, not text."""
    longest = max(map(len, text.split("\n")))
    if longest > LONGEST_LINE:
        raise UnreadableError(f"has a line of {longest:,} characters, so it is not documentation")


def count_skipped_kinds(names: Iterable[str]) -> Iterator[Skipped]:
    """One `Skipped` entry per suffix of files that aren't documentation, with their count."""
    suffixes = Counter(PurePosixPath(name).suffix.lower() for name in names)
    for suffix, count in sorted(suffixes.items()):
        files = "1 file" if count == 1 else f"{count} files"
        yield Skipped(f"*{suffix}" if suffix else "files without a suffix", f"not documentation ({files})")


def is_documentation_path(path: PurePath) -> bool:
    """True if a path is neither hidden nor in a folder created by a tool, such as `node_modules`."""
    return not any(part.startswith(".") or part in _NOT_ENTERED for part in path.parts)


def add_prefix(prefix: str, name: str) -> str:
    """The name of a document under a prefix."""
    return f"{prefix.strip('/')}/{name}" if prefix.strip("/") else name


def find_reader(name: str) -> Reader | None:
    """The reader for a file of this name; None if it isn't documentation."""
    return read_full_text if is_full_text(name) else _READERS.get(Path(name).suffix.lower())


def read_markdown(text: str, name: str) -> Iterator[Document]:
    """Read a Markdown or MDX document."""
    yield make_titled_document(name, text)


def read_plain_text(text: str, name: str) -> Iterator[Document]:
    """Read a plain text, which may be Markdown or have lost its markup; `llms.txt` is Markdown."""
    yield from read_markdown(text if Path(name).name == "llms.txt" else convert_plain_text(text), name)


_read_html, _read_notebook = partial(read_isolated, "html"), partial(read_isolated, "notebook")

_READERS: dict[str, Reader] = {
    **dict.fromkeys((".md", ".mdx", ".markdown", ".mdown"), read_markdown),
    **dict.fromkeys((".txt", ".text"), read_plain_text),
    **dict.fromkeys((".rst", ".rest"), partial(read_isolated, "rst")),
    **dict.fromkeys((".html", ".htm", ".xhtml"), _read_html),
    ".ipynb": _read_notebook,
}


def _read_folder(folder: Path, prefix: str, inclusions: Inclusions) -> Iterator[Document | Skipped]:
    files = {file.relative_to(folder).as_posix(): file for file in documentation_files(folder)}
    others = [name for name in files if not find_reader(name)]
    for name in inclusions.order_pages(name for name in files if find_reader(name)):
        yield from read_file(files[name], add_prefix(prefix, name), inclusions.page(name))
    yield from inclusions.skipped(prefix)
    yield from count_skipped_kinds(name for name in others if not inclusions.is_used(name))


def documentation_files(folder: Path) -> list[Path]:
    """The files under a folder that pass `is_documentation_path`, sorted by name; links to folders aren't followed."""
    found: list[Path] = []
    for parent, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if is_documentation_path(PurePath(name))]
        found.extend(Path(parent, name) for name in files if is_documentation_path(PurePath(name)))
    return sorted(found, key=lambda file: file.relative_to(folder).as_posix())
