"""What the sources of one dependency gave."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from vrom.builder.document import Document, Origin, Skipped
from vrom.builder.read_sources import ReadResult

MOST_TEXT = 50_000_000
"""Characters of all documents of a dependency, read as far as that."""


@dataclass
class Gathered:
    """Documents of one dependency, by source, best source first: of two with the same name the first is kept."""

    summary: str = ""
    """One sentence about it, from its metadata."""
    links: list[tuple[str, str]] = field(default_factory=list)
    """Labelled addresses from its metadata: `("Source", "https://…")`."""
    directory: str = ""
    """Its folder in its repository, if that has several packages and the metadata says so."""
    documents: dict[str, Document] = field(default_factory=dict)
    skipped: list[Skipped] = field(default_factory=list)
    origins: list[Origin] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    """One sentence for each source that could not be had."""

    def add(self, origin: Origin, found: Iterable[Document | Skipped]) -> int:
        """Add what a source gave, and return the number of its documents."""
        before = len(self.documents)
        size = sum(len(one.text) for one in self.documents.values())
        for one in found:
            if isinstance(one, Document):
                size += len(one.text)
                if size > MOST_TEXT:
                    self.problems.append(
                        f"{origin.source}: it has more than {MOST_TEXT:,} characters; the rest is left out."
                    )
                    break
                self.documents.setdefault(one.source_file, one.make_encodable())
            else:
                self.skipped.append(one)
        count = len(self.documents) - before
        if count:
            self._note(replace(origin, documents=count))
        return count

    def note_failure(self, source: str, error: object) -> None:
        """Note that a source could not be had, though it may be there another time."""
        self.problems.append(f"{source}: {error}")
        self.skipped.append(Skipped(source, str(error), failed=True))

    def _note(self, origin: Origin) -> None:
        """Add an origin, or its documents to those that the same source gave before."""
        for index, there in enumerate(self.origins):
            if there.source == origin.source:
                self.origins[index] = replace(there, documents=there.documents + origin.documents)
                return
        self.origins.append(origin)

    def as_read(self) -> ReadResult:
        """The result as the builder takes it."""
        return ReadResult(list(self.documents.values()), self.skipped, self.origins)
