"""Folders and files of documentation, each file read as what its name says it is."""

import os
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from vrom.builder.documents import Document, Skipped
from vrom.builder.headings import title_of
from vrom.builder.markdown import parse
from vrom.builder.recovery.plain_text import as_markdown
from vrom.builder.sources.decode import UnreadableError, decode
from vrom.builder.sources.extra import MissingExtraError
from vrom.builder.sources.html import read_html
from vrom.builder.sources.llms import is_full_text, read_full_text
from vrom.builder.sources.notebook import read_notebook
from vrom.builder.sources.restructured_text import read_restructured_text
from vrom.builder.sources.titles import title_from

LARGEST_FILE = 64_000_000
"""Bytes of a file that are read."""

Reader = Callable[[str, str], Iterator[Document]]
"""Documents from a text and the name it has within the cartridge. Raises `UnreadableError`."""

_NOT_ENTERED = {"node_modules", "__pycache__", "_build", "site-packages"}


def read_path(source: Path, prefix: str = "") -> Iterator[Document | Skipped]:
    """The documents of a folder, in the order of their names, or of one file."""
    if source.is_dir():
        yield from _read_folder(source, prefix)
    else:
        yield from read_file(source, named(prefix, source.name))


def read_file(file: Path, name: str) -> Iterator[Document | Skipped]:
    """The document of one file; several where a file holds several pages."""
    read = reader_of(file.name)
    if read is None:
        yield Skipped(name, f"{file.suffix or 'a name without suffix'}: not a kind of documentation that vrom reads")
        return
    try:
        yield from read(decode(_content(file)), name)
    except (UnreadableError, MissingExtraError) as error:
        yield Skipped(name, str(error))
    except OSError as error:
        yield Skipped(name, f"can't be read: {error.strerror}")


def _content(file: Path) -> bytes:
    size = file.stat().st_size
    if size > LARGEST_FILE:
        raise UnreadableError(f"{size:,} bytes; at most {LARGEST_FILE:,} are read")
    return file.read_bytes()


def named(prefix: str, name: str) -> str:
    """The name of a document under a prefix."""
    return f"{prefix.strip('/')}/{name}" if prefix.strip("/") else name


def reader_of(name: str) -> Reader | None:
    """How a file of this name is read; None if it is no documentation."""
    return read_full_text if is_full_text(name) else _READERS.get(Path(name).suffix.lower())


def read_markdown(text: str, name: str) -> Iterator[Document]:
    """A page of Markdown or MDX."""
    yield Document(name, text, title_of(parse(text)) or title_from(name))


def read_plain_text(text: str, name: str) -> Iterator[Document]:
    """A plain text, which may be Markdown or have lost its markup; `llms.txt` is Markdown."""
    yield from read_markdown(text if Path(name).name == "llms.txt" else as_markdown(text), name)


_READERS: dict[str, Reader] = {
    **dict.fromkeys((".md", ".mdx", ".markdown", ".mdown"), read_markdown),
    **dict.fromkeys((".txt", ".text"), read_plain_text),
    **dict.fromkeys((".rst", ".rest"), read_restructured_text),
    **dict.fromkeys((".html", ".htm", ".xhtml"), read_html),
    ".ipynb": read_notebook,
}


def _read_folder(folder: Path, prefix: str) -> Iterator[Document | Skipped]:
    others: Counter[str] = Counter()
    for file in _files(folder):
        if reader_of(file.name):
            yield from read_file(file, named(prefix, file.relative_to(folder).as_posix()))
        else:
            others[f"*{file.suffix.lower()}" if file.suffix else "names without suffix"] += 1
    for kind, count in sorted(others.items()):
        yield Skipped(kind, f"not documentation ({count} {'file' if count == 1 else 'files'})")


def _files(folder: Path) -> list[Path]:
    """Every file under a folder by name, but not what is hidden, nor what tools put there; links aren't followed."""
    found: list[Path] = []
    for parent, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name not in _NOT_ENTERED)
        found.extend(Path(parent, name) for name in files if not name.startswith("."))
    return sorted(found, key=lambda file: file.relative_to(folder).as_posix())
