"""What the sources give to the chunker: documents, and the names of what could not be read."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Document:
    """One page of documentation as Markdown or plain text."""

    source_file: str
    """Its name within the cartridge, with `/` between parts: `concepts/models.md`."""
    text: str
    """What chunks are cut from; `char_start` and `char_end` of a chunk count its characters."""
    title: str
    """The page's title, never empty."""
    url: str = ""
    """Where people read it; empty when unknown."""


@dataclass(frozen=True)
class Skipped:
    """Something in a source that gave no document."""

    name: str
    """Named as its document would have been, or `*.png` for all files of a kind."""
    reason: str
    """What was found, for people: `empty`, `binary (a NUL byte at 12)`."""
    failed: bool = False
    """Whether a document is missing that is there: a page that could not be had now."""


@dataclass(frozen=True)
class Origin:
    """What a source turned out to be when it was read."""

    source: str
    """As it was given."""
    version: str = ""
    """Of a Python package: the one installed."""
    commit: str = ""
    """Of a git repository: the SHA that the reference stood for."""
