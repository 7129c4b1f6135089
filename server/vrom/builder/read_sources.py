"""The first stage of a build: read the documents of all sources, and record skipped entries."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from vrom.builder.document import Document, Origin, Skipped
from vrom.builder.request import BuildRequest
from vrom.builder.sources import read_sources
from vrom.errors import BuildError

_MOST_NAMED = 10


class PartialError(BuildError):
    """Existing documents are missing: some web pages could not be fetched."""


@dataclass(frozen=True)
class Read:
    """Documents, skipped entries and origins of all sources."""

    documents: Sequence[Document]
    skipped: Sequence[Skipped]
    origins: Sequence[Origin]


def read_request(
    request: BuildRequest, pages: Path, *, partial: bool = False, progress: Callable[[int], None] = lambda _: None
) -> Read:
    """Read the sources of a request; web pages are cached in the folder `pages`.

    `progress` receives the number of documents so far. Raises `BuildError` if there are none, and `PartialError` if
    some could not be fetched, unless `partial`.
    """
    documents: list[Document] = []
    skipped: list[Skipped] = []
    origins: list[Origin] = []
    for found in read_sources(request.sources, request.prefix, web=request.web(pages), record=origins.append):
        if isinstance(found, Document):
            documents.append(_encodable(found))
            progress(len(documents))
        else:
            skipped.append(found)
    where = ", ".join(request.sources)
    if (failed := [one for one in skipped if one.failed]) and not partial:
        raise PartialError(
            f"{len(failed)} page{'s' if len(failed) > 1 else ''} of {where} could not be fetched:\n{_listed(failed)}\n"
            "Fetched pages are cached, so run the command again to continue, or use --allow-partial to build without "
            "the others."
        )
    if not documents:
        others = f":\n{_listed(skipped)}\n" if skipped else ": it has no files. "
        raise BuildError(
            f"No documentation found in {where}{others}"
            "Supported formats: Markdown, reStructuredText, HTML, notebooks and plain text."
        )
    return Read(documents, skipped, origins)


def _listed(skipped: Sequence[Skipped]) -> str:
    lines = [f"  {one.name}: {one.reason}" for one in skipped[:_MOST_NAMED]]
    more = len(skipped) - _MOST_NAMED
    return "\n".join([*lines, f"  … and {more} more"] if more > 0 else lines)


def _encodable(document: Document) -> Document:
    """Replace lone surrogates, as in file names and notebooks, by question marks: they can't be encoded."""
    fields = {name: getattr(document, name) for name in ("source_file", "text", "title", "url")}
    if all(text.isascii() for text in fields.values()):
        return document
    return replace(document, **{name: text.encode("utf-8", "replace").decode() for name, text in fields.items()})
