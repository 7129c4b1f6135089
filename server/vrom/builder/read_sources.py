"""The first stage of a build: read the documents of all sources, and record skipped entries."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from vrom.builder.document import Document, Origin, Skipped
from vrom.builder.request import BuildRequest
from vrom.builder.sources.read import NO_CONTEXT, LocalContext, read_sources
from vrom.builder.text_dumps.plain_text import recovering
from vrom.errors import BuildError

_MOST_NAMED = 10


class PartialError(BuildError):
    """Existing documents are missing: some web pages could not be fetched."""


@dataclass(frozen=True)
class ReadResult:
    """Documents, skipped entries and origins of all sources."""

    documents: Sequence[Document]
    """With their remarks."""
    skipped: Sequence[Skipped]
    origins: Sequence[Origin]


def read_documents(
    request: BuildRequest,
    pages: Path,
    *,
    context: LocalContext = NO_CONTEXT,
    partial: bool = False,
    progress: Callable[[int], None] = lambda _: None,
) -> ReadResult:
    """Read the sources of a request; web pages are cached in the folder `pages`.

    `progress` receives the number of documents so far. Raises `BuildError` if there are none, and `PartialError` if
    some could not be fetched, unless `partial`.
    """
    documents: list[Document] = []
    skipped: list[Skipped] = []
    origins: list[Origin] = []
    web = request.web(pages)
    with recovering(request.recovery):
        for found in read_sources(request.sources, request.prefix, web=web, context=context, record=origins.append):
            if isinstance(found, Document):
                documents.append(found.make_encodable())
                progress(len(documents))
            else:
                skipped.append(found)
    where = ", ".join(request.sources)
    if (failed := [entry for entry in skipped if entry.failed]) and not partial:
        missing = "1 page" if len(failed) == 1 else f"{len(failed)} pages"
        raise PartialError(
            f"{missing} of {where} could not be fetched:\n{_list_skipped(failed)}\n"
            "Fetched pages are cached, so run the command again to continue, or use --allow-partial to build without "
            "the others."
        )
    if not documents:
        others = f":\n{_list_skipped(skipped)}\n" if skipped else ": it has no files. "
        raise BuildError(
            f"No documentation found in {where}{others}"
            "Supported formats: Markdown, reStructuredText, AsciiDoc, HTML, notebooks, PDF, DOCX, OpenAPI, man pages "
            "and other manuals, DocBook, Org and plain text."
        )
    return ReadResult(documents, skipped, origins)


def _list_skipped(skipped: Sequence[Skipped]) -> str:
    lines = [f"  {entry.name}: {entry.reason}" for entry in skipped[:_MOST_NAMED]]
    more = len(skipped) - _MOST_NAMED
    return "\n".join([*lines, f"  … and {more} more"] if more > 0 else lines)
