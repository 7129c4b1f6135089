"""The first stage of a build: read the documents of all sources, and record skipped entries."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from vrom.builder.document import Document, Origin, Skipped
from vrom.builder.request import BuildRequest
from vrom.builder.sources.left_out import LeftOut
from vrom.builder.sources.read import NO_CONTEXT, LocalContext, read_sources
from vrom.builder.text_dumps.plain_text import recovering
from vrom.errors import BuildError

_MOST_NAMED = 10
_FEWEST_FAILURES = 3
_SHARE_OF_FAILURES = 1 / 3


class PartialError(BuildError):
    """Existing documents are missing: the first page of a site, or many of its pages, could not be fetched."""


class LeftOutError(BuildError):
    """Too much of the documentation is missing for a strict build."""

    def __init__(self, read: "ReadResult") -> None:
        super().__init__(
            f"The build would lack {read.left_out.describe()}, and is refused because of --strict:\n"
            f"{_list_skipped(read.left_out.unread)}".rstrip()
        )
        self.read = read


@dataclass(frozen=True)
class ReadResult:
    """Documents, skipped entries and origins of all sources."""

    documents: Sequence[Document]
    """With their remarks."""
    skipped: Sequence[Skipped]
    origins: Sequence[Origin]

    @cached_property
    def left_out(self) -> LeftOut:
        """What the documents lack."""
        return LeftOut(self.documents, self.skipped)


def read_documents(
    request: BuildRequest,
    pages: Path,
    *,
    context: LocalContext = NO_CONTEXT,
    partial: bool = False,
    strict: bool = False,
    progress: Callable[[int], None] = lambda _: None,
) -> ReadResult:
    """Read the sources of a request; web pages are cached in the folder `pages`.

    `progress` receives the number of documents so far. Raises `BuildError` if there are none, `PartialError` if a
    site's first page or many of its pages could not be fetched, unless `partial`, and with `strict`, `LeftOutError` if
    `LeftOut.is_much`.
    """
    documents: list[Document] = []
    skipped: list[Skipped] = []
    origins: list[Origin] = []
    fetched: Counter[str] = Counter()
    failed: dict[str, list[Skipped]] = {}
    web = request.web(pages)
    entries_read = read_sources(
        request.sources, request.prefix, web=web, context=context, imports=request.import_packages,
        record=origins.append,
    )  # fmt: skip
    with recovering(request.recovery):
        for found in entries_read:
            source = origins[-1].source
            if isinstance(found, Document):
                documents.append(found.make_encodable())
                fetched[source] += 1
                progress(len(documents))
            else:
                skipped.append(found)
                if found.failed:
                    failed.setdefault(source, []).append(found)
    if not partial:
        for source, entries in failed.items():
            _check_failures(source, entries, fetched[source])
    if not documents:
        where = ", ".join(request.sources)
        others = f":\n{_list_skipped(skipped)}\n" if skipped else ": it has no files. "
        raise BuildError(
            f"No documentation found in {where}{others}"
            "Supported formats: Markdown, reStructuredText, AsciiDoc, HTML, notebooks, PDF, DOCX, OpenAPI, man pages "
            "and other manuals, DocBook, Org and plain text."
        )
    read = ReadResult(documents, skipped, origins)
    if strict and read.left_out.is_much:
        raise LeftOutError(read)
    return read


def _check_failures(source: str, failed: Sequence[Skipped], fetched: int) -> None:
    """Raise `PartialError` if the first page of a site, or many of its pages, could not be fetched."""
    is_start_missing = any(entry.name == source for entry in failed)
    is_much = len(failed) >= _FEWEST_FAILURES and len(failed) > _SHARE_OF_FAILURES * (len(failed) + fetched)
    if is_start_missing or is_much:
        missing = "1 page" if len(failed) == 1 else f"{len(failed)} pages"
        raise PartialError(
            f"{missing} of {source} could not be fetched:\n{_list_skipped(failed)}\n"
            "Fetched pages are cached, so run the command again to continue, or use --allow-partial to build without "
            "the others."
        )


def _list_skipped(skipped: Sequence[Skipped]) -> str:
    ordered = sorted(skipped, key=lambda entry: not (entry.failed or entry.lost))
    lines = [f"  {_describe(entry)}" for entry in ordered[:_MOST_NAMED]]
    more = len(skipped) - _MOST_NAMED
    return "\n".join([*lines, f"  … and {more} more"] if more > 0 else lines)


def _describe(entry: Skipped) -> str:
    way_round = f"; {entry.way_round}" if entry.way_round else ""
    return f"{entry.name}: {entry.reason}{way_round}"
