"""What a build lacks of its sources: entries that gave no document, and what readers said about the documents."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from vrom.builder.document import Document, Remark, Skipped

TOLERATED = 0.2
"""Share of documentation files, or of pages with something missing, above which a build needs a warning."""


@dataclass(frozen=True)
class RemarkGroup:
    """The remarks with one subject."""

    subject: str
    count: int
    pages: int
    """Number of documents that they are about."""
    page: str
    """Document of the first one."""
    example: str
    """Example of the first one."""
    lost: bool


@dataclass(frozen=True)
class LeftOut:
    """What the documents of a build lack."""

    documents: Sequence[Document]
    skipped: Sequence[Skipped]

    @cached_property
    def unread(self) -> list[Skipped]:
        """Entries of documentation that is missing: unreadable, or not fetched."""
        return [one for one in self.skipped if one.lost or one.failed]

    @cached_property
    def passed_over(self) -> list[Skipped]:
        """The other entries: images, source code, empty files, generated pages."""
        return [one for one in self.skipped if not (one.lost or one.failed)]

    @cached_property
    def remarks(self) -> list[RemarkGroup]:
        """The remarks by subject: first those about something missing, then by number."""
        groups: dict[tuple[str, bool], list[tuple[str, Remark]]] = {}
        for document in self.documents:
            for remark in document.remarks:
                groups.setdefault((remark.subject, remark.lost), []).append((document.source_file, remark))
        found = [_make_group(subject, lost, remarks) for (subject, lost), remarks in groups.items()]
        return sorted(found, key=lambda group: (not group.lost, -group.count, group.subject))

    @property
    def files(self) -> int:
        """Number of documentation files that are missing."""
        return count_files(self.unread)

    @property
    def all_files(self) -> int:
        """Number of documents, and of documentation files that are missing."""
        return len(self.documents) + self.files

    @cached_property
    def torn_pages(self) -> int:
        """Number of documents from which something is missing that their authors wrote or included."""
        return sum(any(remark.lost for remark in document.remarks) for document in self.documents)

    @property
    def is_much(self) -> bool:
        """True if more than `TOLERATED` of the documentation files, or parts of that many documents, are missing."""
        return self.files > TOLERATED * self.all_files or self.torn_pages > TOLERATED * len(self.documents)

    def describe(self) -> str:
        """What is missing, as a phrase: `55 of 57 documentation files`; empty if nothing is."""
        parts = []
        if self.files:
            parts.append(f"{self.files:,} of {self.all_files:,} documentation files")
        if self.torn_pages:
            parts.append(f"parts of {self.torn_pages:,} of {len(self.documents):,} pages")
        return " and ".join(parts)


def count_files(entries: Iterable[Skipped]) -> int:
    """The number of files that these entries stand for."""
    return sum(one.count for one in entries)


def _make_group(subject: str, lost: bool, remarks: list[tuple[str, Remark]]) -> RemarkGroup:
    page, first = remarks[0]
    return RemarkGroup(subject, len(remarks), len({name for name, _ in remarks}), page, first.example, lost)
