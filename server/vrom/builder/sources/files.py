"""Folders and files of documentation."""

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from vrom.builder.documents import Document, Skipped
from vrom.builder.headings import title_of
from vrom.builder.markdown import parse
from vrom.errors import BuildError

MARKDOWN = {".md", ".mdx", ".markdown", ".mdown"}
TEXT = {".txt", ".text"}

LARGEST_FILE = 64_000_000
LONGEST_LINE = 1_000_000

_NOT_ENTERED = {"node_modules", "__pycache__"}


def read_path(source: Path, prefix: str = "") -> Iterator[Document | Skipped]:
    """The documents of a folder, in the order of their names, or of one file."""
    if source.is_dir():
        yield from _read_folder(source, prefix)
    elif source.exists():
        yield read_file(source, _named(prefix, source.name))
    else:
        raise BuildError(f"There is nothing at {source}. Give a folder or a file of documentation.")


def read_file(file: Path, name: str) -> Document | Skipped:
    """One file as a document."""
    suffix = file.suffix.lower()
    if suffix not in MARKDOWN | TEXT:
        return Skipped(name, f"{suffix or 'no suffix'}: not a kind of documentation that vrom reads")
    text = read_text(file)
    if isinstance(text, _Unreadable):
        return Skipped(name, text.reason)
    return Document(name, text, title_of(parse(text)) or _title_from(file))


def _title_from(file: Path) -> str:
    """A title for a page that states none: its file's name as words, or its folder's for an index."""
    stem = file.absolute().parent.name if file.stem.lower() in ("index", "readme") else file.stem
    words = " ".join(stem.replace("_", " ").replace("-", " ").split()) or file.stem
    return words.capitalize() if words.islower() else words


class _Unreadable:
    def __init__(self, reason: str) -> None:
        self.reason = reason


def read_text(file: Path) -> str | _Unreadable:
    """A file's text, every line break a line feed; or why it can't be had."""
    try:
        if file.stat().st_size > LARGEST_FILE:
            return _Unreadable(f"{file.stat().st_size:,} bytes; at most {LARGEST_FILE:,} are read")
        content = file.read_bytes()
    except OSError as error:
        return _Unreadable(f"unreadable: {error.strerror}")
    if not content.strip():
        return _Unreadable("empty")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    else:
        encoding = "utf-8-sig"
        if (zero := content.find(b"\0")) >= 0:
            return _Unreadable(f"binary: a NUL byte at {zero}")
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        return _Unreadable(f"not {encoding[:6].upper()}: byte 0x{content[error.start]:02x} at {error.start}")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    longest = max(map(len, text.split("\n")))
    if longest > LONGEST_LINE:
        return _Unreadable(f"a line of {longest:,} characters, which no documentation has")
    return text


def _read_folder(folder: Path, prefix: str) -> Iterator[Document | Skipped]:
    others: Counter[str] = Counter()
    for file in _files(folder):
        if file.suffix.lower() in MARKDOWN | TEXT:
            yield read_file(file, _named(prefix, file.relative_to(folder).as_posix()))
        else:
            others[file.suffix.lower() or "no suffix"] += 1
    for suffix, count in sorted(others.items()):
        yield Skipped(f"*{suffix}" if suffix.startswith(".") else suffix, f"not documentation ({count} files)")


def _files(folder: Path) -> list[Path]:
    found: list[Path] = []
    for parent, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name not in _NOT_ENTERED)
        found.extend(Path(parent, name) for name in files if not name.startswith("."))
    return sorted(found, key=lambda file: file.relative_to(folder).as_posix())


def _named(prefix: str, name: str) -> str:
    return f"{prefix.strip('/')}/{name}" if prefix.strip("/") else name
