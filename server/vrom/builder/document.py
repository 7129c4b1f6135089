"""Output of the sources: documents, skipped names and origins."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Document:
    """One document as Markdown or plain text."""

    source_file: str
    """The document's name within the cartridge, with `/` between parts: `concepts/models.md`."""
    text: str
    """Text that chunks are cut from; `char_start` and `char_end` of a chunk are offsets into it."""
    title: str
    """The document's title, never empty."""
    url: str = ""
    """Public URL of the document; empty if unknown."""


@dataclass(frozen=True)
class Skipped:
    """An entry of a source that gave no document."""

    name: str
    """The name that the document would have had, or `*.png` for all files of a kind."""
    reason: str
    """Reason for skipping, for display: `empty`, `binary file: NUL byte at 12`."""
    failed: bool = False
    """True if the document exists but is missing from this build, such as a web page that could not be fetched."""


@dataclass(frozen=True)
class Origin:
    """The version or commit of a source, determined when it was read."""

    source: str
    """The source as given."""
    version: str = ""
    """Installed version of a Python distribution; else empty."""
    commit: str = ""
    """SHA that a git reference resolved to; else empty."""
