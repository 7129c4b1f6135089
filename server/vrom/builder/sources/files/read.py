"""Folders and files of documentation; a file's name selects its reader."""

import io
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path, PurePath, PurePosixPath
from stat import S_ISREG
from typing import BinaryIO

from vrom.builder.document import Document, Skipped
from vrom.builder.sources.extra import MissingExtraError
from vrom.builder.sources.files.archives import unpack_gzip, unpack_zip
from vrom.builder.sources.files.folder import leads_out, list_folder, skip_link_out
from vrom.builder.sources.files.foreign_formats import find_way_round
from vrom.builder.sources.files.kinds import (
    BY_SUFFIX,
    Reader,
    find_by_content,
    has_long_lines,
    is_archive_of,
    is_binary,
    may_hold_documentation,
    read_asciidoc,
)
from vrom.builder.sources.formats.encodings.decode import NothingToReadError, UnreadableError, decode_content
from vrom.builder.sources.formats.html.built_sites import find_pages_folder, find_source_copies
from vrom.builder.sources.formats.llms_txt import is_full_text, read_full_text
from vrom.builder.sources.formats.markdown.rewrite import rewrite_dialects
from vrom.builder.sources.formats.markup.asciidoc.recognize import is_asciidoc
from vrom.builder.sources.formats.restructured_text.evidence import find_evidence
from vrom.builder.sources.formats.restructured_text.read import read_plainly
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

_NOT_ENTERED = {"node_modules", "__pycache__", "_build", "site-packages"}


def read_path(source: Path, prefix: str = "", packages: Packages = NO_PACKAGES) -> Iterator[Document | Skipped]:
    """The documents of a folder, in the order of their names, or of one file.

    References to docstrings are filled from `packages`.
    """
    inclusions = open_inclusions(source, packages=packages)
    if source.is_dir():
        yield from _read_folder(find_pages_folder(source), prefix, inclusions)
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
        yield Skipped(name, f"cannot be read: {error.strerror}", lost=True)
        return
    yield from read_content(content, name, page)


def skip_too_large(name: str, size: int) -> Skipped:
    """The `Skipped` entry of a file that exceeds `LARGEST_FILE`."""
    return Skipped(name, f"{size:,} bytes, more than the limit of {LARGEST_FILE:,}", lost=True)


def read_content(content: bytes, name: str, page: PageInclusions | None = None) -> Iterator[Document | Skipped]:
    """The documents in the bytes of a file, with the files that `page` includes, or the reason why it gives none."""
    if name.lower().endswith((".gz", ".zip")):
        yield from _read_archive(content, name, page)
        return
    read = find_reader(name) or find_by_content(name, io.BytesIO(content))
    if read is None:
        suffix = PurePosixPath(name).suffix or "file name without a suffix"
        yield Skipped(name, f"{suffix}: unsupported format", lost=True, way_round=find_way_round(name))
        return
    try:
        if is_binary(read):
            yield from read(content, name)
            return
        decoded = decode_content(content)
        if not has_long_lines(read):
            check_line_lengths(decoded.text)
        text = decoded.text if page is None else expand_text(decoded.text, name, page)
        for document in read(text, name):
            read_one = document.with_remarks(decoded.remarks(name))
            yield read_one if page is None else finish_document(read_one, page)
    except Exception as error:  # noqa: BLE001 - of the document's reader; the document is named, and the build goes on
        yield skip_unreadable(name, error)


def skip_unreadable(name: str, error: Exception) -> Skipped:
    """The `Skipped` entry of a document whose reader raised `error`, of any type."""
    if isinstance(error, UnreadableError | MissingExtraError):
        return Skipped(name, str(error), lost=not isinstance(error, NothingToReadError))
    return Skipped(name, f"its reader fails: {type(error).__name__}", lost=True)


def _read_archive(content: bytes, name: str, page: PageInclusions | None) -> Iterator[Document | Skipped]:
    """The document in a gzip file, or those in a zip file."""
    inner = name.rpartition(".")[0]
    if inner.lower().endswith((".gz", ".zip", ".tar")):
        yield Skipped(name, "an archive within a compressed file: unsupported format", lost=True)
        return
    try:
        if name.lower().endswith(".gz"):
            yield from read_content(unpack_gzip(content, LARGEST_FILE), inner, page)
            return
        with tempfile.TemporaryDirectory(prefix="vrom-zip-") as folder:
            yield from list(unpack_zip(content, name, Path(folder), LARGEST_FILE))
            yield from _read_folder(Path(folder), name, open_inclusions(Path(folder)), nested=True)
    except (UnreadableError, OSError) as error:
        yield Skipped(name, str(error), lost=True)


def check_line_lengths(text: str) -> None:
    """Raise `UnreadableError` if a line exceeds `LONGEST_LINE`: such a line is data, not text."""
    longest = max(map(len, text.split("\n")))
    if longest > LONGEST_LINE:
        raise NothingToReadError(f"has a line of {longest:,} characters, so it is not documentation")


def count_skipped_kinds(names: Iterable[str]) -> Iterator[Skipped]:
    """One `Skipped` entry per suffix of files that have no reader, with their count; documentation comes first."""
    kinds = Counter((find_way_round(name), PurePosixPath(name).suffix.lower()) for name in names)
    for (way_round, suffix), count in sorted(kinds.items(), key=lambda kind: (not kind[0][0], kind[0][1])):
        files = "1 file" if count == 1 else f"{count} files"
        kind = f"*{suffix}" if suffix else "files without a suffix"
        if way_round:
            reason = f"documentation that vrom can't read ({files})"
            yield Skipped(kind, reason, lost=True, count=count, way_round=way_round)
        else:
            yield Skipped(kind, f"not documentation ({files})", count=count)


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
    """Read a document in Markdown or one of its dialects."""
    page = rewrite_dialects(text, name, partial(_write_rst, name))
    yield make_titled_document(name, page.text, page.title, remarks=page.remarks)


def _write_rst(name: str, text: str) -> str:
    """The Markdown of reStructuredText within a page; the text itself if it can't be read."""
    try:
        return "\n\n".join(document.text for document in read_isolated("rst", text, name))
    except (UnreadableError, MissingExtraError):
        return text


def read_plain_text(text: str, name: str) -> Iterator[Document]:
    """Read a plain text: AsciiDoc or reStructuredText on evidence, else Markdown that may have lost its markup.

    `llms.txt` is Markdown, of any dialect.
    """
    if Path(name).name == "llms.txt":
        yield from read_markdown(text, name)
    elif is_asciidoc(text):
        yield from read_asciidoc(text, name)
    elif find_evidence(text):
        try:
            yield from read_isolated("rst", text, name)
        except MissingExtraError:
            yield from read_plainly(text, name, "docutils is not installed")
    else:
        text, remarks = convert_plain_text(text, name)
        yield make_titled_document(name, text, remarks=remarks)


_READERS: dict[str, Reader] = {
    **dict.fromkeys((".md", ".mdx", ".markdown", ".mdown", ".mkd", ".qmd", ".rmd"), read_markdown),
    **dict.fromkeys((".txt", ".text"), read_plain_text),
    **BY_SUFFIX,
}


def is_documentation(name: str, stream: BinaryIO) -> bool:
    """True if a file is documentation, by its name or, where that says too little, its content."""
    if find_reader(name):
        return True
    if not may_hold_documentation(name):
        return False
    return is_archive_of(name, stream, lambda inner: find_reader(inner) is not None) or bool(
        find_by_content(name, stream)
    )


def is_documentation_file(file: Path, name: str) -> bool:
    """True if `is_documentation` is of a file on disk, of which no more is read than that takes."""
    if find_reader(name) or not may_hold_documentation(name):
        return find_reader(name) is not None
    try:
        if not S_ISREG(file.stat().st_mode):
            return False
        with file.open("rb") as stream:
            return is_documentation(name, stream)
    except OSError:
        return False


def _read_folder(
    folder: Path, prefix: str, inclusions: Inclusions, *, nested: bool = False
) -> Iterator[Document | Skipped]:
    """The documents of a folder; `nested` for one that was unpacked, in which no further archives are opened."""
    listing = list_folder(folder, is_documentation_path)
    pages: dict[str, Path] = {}
    others: list[str] = []
    outside = list(listing.skipped)
    copies = find_source_copies(file.relative_to(folder).as_posix() for file in listing.files)
    for file in listing.files:
        name = file.relative_to(folder).as_posix()
        if name in copies:
            continue
        is_nested = nested and name.lower().endswith((".gz", ".zip"))
        if leads_out(file, folder) and find_reader(name):
            outside.append(skip_link_out(file, folder))
        elif not leads_out(file, folder) and not is_nested and is_documentation_file(file, name):
            pages[name] = file
        else:
            others.append(name)
    for name in inclusions.order_pages(pages):
        yield from read_file(pages[name], add_prefix(prefix, name), inclusions.page(name))
    yield from inclusions.skipped(prefix)
    yield from (replace(one, name=add_prefix(prefix, one.name)) for one in outside)
    if copies:
        count = "1 file" if len(copies) == 1 else f"{len(copies)} files"
        yield Skipped(add_prefix(prefix, "_sources"), f"sources of pages that are read ({count})", count=len(copies))
    yield from count_skipped_kinds(name for name in others if not inclusions.is_used(name))


def documentation_files(folder: Path) -> list[Path]:
    """The files under a folder that pass `is_documentation_path`, sorted by name; see `list_folder`."""
    return list_folder(folder, is_documentation_path).files
