"""Readers by the names of files and, where a name says too little, by their content."""

import io
import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import PurePosixPath
from typing import Any, BinaryIO

from vrom.builder.document import Document
from vrom.builder.sources.code.interfaces.kind import find_interface_kind
from vrom.builder.sources.files.archives import list_zip, unpack_gzip_beginning
from vrom.builder.sources.formats.manuals.man.read import is_manual
from vrom.builder.sources.formats.manuals.pod import is_pod
from vrom.builder.sources.formats.markup.asciidoc.recognize import is_asciidoc
from vrom.builder.sources.formats.markup.docbook.kind import is_docbook
from vrom.builder.sources.isolated import read_isolated

Reader = Callable[[Any, str], Iterator[Document]]
"""Function from a text, or the bytes of a binary format, and its name within the cartridge to documents.

Raises `UnreadableError`.
"""

_read = partial(partial, read_isolated)
read_asciidoc: Reader = _read("asciidoc")
_read_pdf, _read_docx, _read_html, _read_notebook = _read("pdf"), _read("docx"), _read("html"), _read("notebook")
_read_interface: Reader = _read("interface")

BY_SUFFIX: dict[str, Reader] = {
    **dict.fromkeys((".rst", ".rest"), _read("rst")),
    **dict.fromkeys((".html", ".htm", ".xhtml"), _read_html),
    **dict.fromkeys((".adoc", ".asciidoc", ".ad"), read_asciidoc),
    **dict.fromkeys((".texi", ".texinfo", ".txi"), _read("texinfo")),
    **dict.fromkeys((".dbk", ".docbook"), _read("docbook")),
    ".docx": _read_docx,
    ".ipynb": _read_notebook,
    ".org": _read("org"),
    ".pdf": _read_pdf,
    ".pod": _read("pod"),
    ".rd": _read("r"),
}
"""Readers of formats that a file's name tells, which run in a child process."""

_BY_CONTENT: tuple[tuple[re.Pattern[str], Callable[[str], object], Reader], ...] = (
    (re.compile(r".*\.(?:ya?ml|json)"), find_interface_kind, _read_interface),
    (re.compile(r".*\.xml"), is_docbook, _read("docbook")),
    (re.compile(r".*\.(?:[1-9][a-z]{0,10}|man|mdoc|[ln])"), is_manual, _read("manual")),
    (re.compile(r".*\.asc"), is_asciidoc, read_asciidoc),
    (re.compile(r".*\.(?:pm|pl)"), is_pod, _read("pod")),
)
"""Names that others have, too, and what tells whether it is documentation."""
_BEGINNING = 64_000


def is_binary(read: Reader) -> bool:
    """True for a reader that takes bytes."""
    return read in (_read_pdf, _read_docx)


def has_long_lines(read: Reader) -> bool:
    """True for a reader whose files are often a single line."""
    return is_binary(read) or read in (_read_html, _read_notebook, _read_interface)


def may_hold_documentation(name: str) -> bool:
    """True if the content of a file of this name has to tell whether it is documentation."""
    own = PurePosixPath(name).name.lower()
    return own.endswith((".gz", ".zip")) or any(pattern.fullmatch(own) for pattern, _, _ in _BY_CONTENT)


def find_by_content(name: str, stream: BinaryIO) -> Reader | None:
    """The reader of a file that its content selects; None if it isn't documentation."""
    own = PurePosixPath(name).name.lower()
    text = ""
    for pattern, is_kind, read in _BY_CONTENT:
        if pattern.fullmatch(own):
            text = text or stream.read(_BEGINNING).decode("utf-8", "replace").replace("\r\n", "\n")
            if is_kind(text):
                return read
    return None


def is_archive_of(name: str, stream: BinaryIO, has_reader: Callable[[str], bool]) -> bool:
    """True for a gzip file of a document, or a zip file with at least one. `has_reader` tells by a file's name."""
    own = PurePosixPath(name).name.lower()
    if own.endswith(".zip"):
        return any(map(has_reader, list_zip(stream)))
    if own.endswith(".gz"):
        inner = name[: -len(".gz")]
        beginning = unpack_gzip_beginning(stream, _BEGINNING)
        return bool(beginning) and (has_reader(inner) or find_by_content(inner, io.BytesIO(beginning)) is not None)
    return False
