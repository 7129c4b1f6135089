"""Output of the sources: documents, remarks about them, skipped names and origins."""

from dataclasses import dataclass, field, replace

from vrom.builder.markdown.blocks import ParsedMarkdown


@dataclass(frozen=True)
class Remark:
    """What a reader did not take from a document as it stands: an included file that isn't there, a guessed encoding.

    The report of a build shows one line for each `subject`, with the count and an `example`.
    """

    subject: str
    """What it is, for display, the same for all of its kind: `included file not found`."""
    example: str
    """This one, for display: `{!docs_src/app.py!}`."""
    lost: bool = False
    """True if something that the author wrote is missing from the document."""


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
    parsed: ParsedMarkdown | None = field(default=None, compare=False, repr=False)
    """`text` as parsed by the reader to find the title, so that the chunker needn't parse it again."""
    remarks: tuple[Remark, ...] = field(default=(), compare=False)
    """What its reader has to say about it."""

    def fields(self) -> dict[str, str]:
        """Fields that determine the document's chunks, as strings by name."""
        return {"source_file": self.source_file, "text": self.text, "title": self.title, "url": self.url}

    def with_remarks(self, remarks: "tuple[Remark, ...]") -> "Document":
        """The document with these remarks before its own."""
        return replace(self, remarks=(*remarks, *self.remarks)) if remarks else self

    def make_encodable(self) -> "Document":
        """Replace lone surrogates, as in file names and notebooks, by question marks: they can't be encoded."""
        if all(value.isascii() for value in self.fields().values()):
            return self
        encodable = {name: value.encode("utf-8", "replace").decode() for name, value in self.fields().items()}
        parsed = self.parsed if encodable["text"] == self.text else None
        return Document(**encodable, parsed=parsed, remarks=self.remarks)


@dataclass(frozen=True)
class Skipped:
    """An entry of a source that gave no document."""

    name: str
    """The name that the document would have had, or `*.png` for all files of a kind."""
    reason: str
    """Reason for skipping, for display: `empty`, `binary file: NUL byte at 12`."""
    failed: bool = False
    """True if the document exists but is missing from this build, such as a web page that could not be fetched."""
    lost: bool = False
    """True if it is documentation that vrom can't read; false for images, empty files and generated pages."""
    count: int = 1
    """Number of files that the entry stands for."""
    way_round: str = ""
    """What to do to have it read, for display; empty if unknown."""


@dataclass(frozen=True)
class Origin:
    """The version or commit of a source, determined when it was read."""

    source: str
    """The source as given."""
    version: str = ""
    """Version of an installed Python distribution, or that a folder states; else empty."""
    commit: str = ""
    """SHA that a git reference resolved to; else empty."""
    digest: str = ""
    """`sha256:…` of a downloaded file; else empty."""
    documents: int = 0
    """Number of documents that it gave; 0 if not counted."""
