"""Folders and files of documentation; a file's name selects its reader."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path, PurePath, PurePosixPath
from stat import S_ISREG

from vrom.builder.document import Document, Remark, Skipped
from vrom.builder.sources.extra import MissingExtraError
from vrom.builder.sources.folder import leads_out, list_folder, skip_link_out
from vrom.builder.sources.foreign_formats import find_way_round
from vrom.builder.sources.formats.decode import NothingToReadError, UnreadableError, decode_content
from vrom.builder.sources.formats.llms_txt import is_full_text, read_full_text
from vrom.builder.sources.formats.restructured_text.evidence import find_evidence
from vrom.builder.sources.formats.restructured_text.read import read_plainly
from vrom.builder.sources.formats.titles import make_titled_document
from vrom.builder.sources.isolated import read_isolated
from vrom.builder.text_dumps.plain_text import convert_plain_text

LARGEST_FILE = 64_000_000
"""Maximum bytes of a file; larger files are skipped."""

LONGEST_LINE = 1_000_000
"""Maximum characters of a line of Markdown, plain text or reStructuredText."""

Reader = Callable[[str, str], Iterator[Document]]
"""Function from a text and its name within the cartridge to documents. Raises `UnreadableError`."""

_NOT_ENTERED = {"node_modules", "__pycache__", "_build", "site-packages"}


def read_path(source: Path, prefix: str = "") -> Iterator[Document | Skipped]:
    """The documents of a folder, in the order of their names, or of one file."""
    if source.is_dir():
        yield from _read_folder(source, prefix)
    else:
        yield from read_file(source, add_prefix(prefix, source.name))


def read_file(file: Path, name: str) -> Iterator[Document | Skipped]:
    """The document of one file; several if the file holds several documents."""
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
    yield from read_content(content, name)


def skip_too_large(name: str, size: int) -> Skipped:
    """The `Skipped` entry of a file that exceeds `LARGEST_FILE`."""
    return Skipped(name, f"{size:,} bytes, more than the limit of {LARGEST_FILE:,}", lost=True)


def read_content(content: bytes, name: str) -> Iterator[Document | Skipped]:
    """The documents in the bytes of a file, or the reason why it gives none."""
    read = find_reader(name)
    if read is None:
        suffix = PurePosixPath(name).suffix or "file name without a suffix"
        yield Skipped(name, f"{suffix}: unsupported format", lost=True, way_round=find_way_round(name))
        return
    try:
        decoded = decode_content(content)
        if read not in (_read_html, _read_notebook):  # often a single line
            check_line_lengths(decoded.text)
        for document in read(decoded.text, name):
            yield document.with_remarks(decoded.remarks(name))
    except Exception as error:  # noqa: BLE001 - of the document's reader; the document is named, and the build goes on
        yield skip_unreadable(name, error)


def skip_unreadable(name: str, error: Exception) -> Skipped:
    """The `Skipped` entry of a document whose reader raised `error`, of any type."""
    if isinstance(error, UnreadableError | MissingExtraError):
        return Skipped(name, str(error), lost=not isinstance(error, NothingToReadError))
    return Skipped(name, f"its reader fails: {type(error).__name__}", lost=True)


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
    """Read a Markdown or MDX document."""
    yield make_titled_document(name, text)


def read_plain_text(text: str, name: str) -> Iterator[Document]:
    """Read a plain text: reStructuredText on evidence, else Markdown that may have lost its markup.

    `llms.txt` is Markdown.
    """
    if Path(name).name != "llms.txt" and find_evidence(text):
        try:
            yield from read_isolated("rst", text, name)
        except MissingExtraError:
            yield from read_plainly(text, name, "docutils is not installed")
        return
    remarks: tuple[Remark, ...] = ()
    if Path(name).name != "llms.txt":
        text, remarks = convert_plain_text(text, name)
    yield make_titled_document(name, text, remarks=remarks)


_read_html, _read_notebook = partial(read_isolated, "html"), partial(read_isolated, "notebook")

_READERS: dict[str, Reader] = {
    **dict.fromkeys((".md", ".mdx", ".markdown", ".mdown"), read_markdown),
    **dict.fromkeys((".txt", ".text"), read_plain_text),
    **dict.fromkeys((".rst", ".rest"), partial(read_isolated, "rst")),
    **dict.fromkeys((".html", ".htm", ".xhtml"), _read_html),
    ".ipynb": _read_notebook,
}


def _read_folder(folder: Path, prefix: str) -> Iterator[Document | Skipped]:
    listing = list_folder(folder, is_documentation_path)
    others, outside = [], list(listing.skipped)
    for file in listing.files:
        name = file.relative_to(folder).as_posix()
        if not find_reader(name):
            others.append(name)
        elif leads_out(file, folder):
            outside.append(skip_link_out(file, folder))
        else:
            yield from read_file(file, add_prefix(prefix, name))
    yield from (replace(one, name=add_prefix(prefix, one.name)) for one in outside)
    yield from count_skipped_kinds(others)


def documentation_files(folder: Path) -> list[Path]:
    """The files under a folder that pass `is_documentation_path`, sorted by name; see `list_folder`."""
    return list_folder(folder, is_documentation_path).files
