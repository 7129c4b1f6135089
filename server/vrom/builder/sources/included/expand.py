"""Put included files into a page before its reader gets it, and docstrings after."""

from dataclasses import replace
from pathlib import PurePosixPath

from vrom.builder.document import Document, Skipped
from vrom.builder.sources.formats.titles import make_titled_document
from vrom.builder.sources.included.docstrings.fill import fill_places, write_remarks
from vrom.builder.sources.included.inclusions import PageInclusions
from vrom.builder.sources.included.languages import MARKDOWN, RESTRUCTURED_TEXT
from vrom.builder.sources.included.markdown.expand import expand_markdown
from vrom.builder.sources.included.restructured_text import expand_restructured_text


def expand_text(text: str, name: str, page: PageInclusions) -> str:
    """The text of a page with the files that it includes; `name` selects the syntaxes."""
    suffix = PurePosixPath(name).suffix.lower()
    if suffix in MARKDOWN:
        return expand_markdown(text, page)
    if suffix in RESTRUCTURED_TEXT:
        return expand_restructured_text(text, page)
    return text


def finish_document(document: Document, page: PageInclusions) -> Document | Skipped:
    """The document with docstrings and with remarks about what is missing; skipped if nothing but headings is left."""
    remarks = [*document.remarks, *page.remarks]
    if page.aside:
        text, missing = fill_places(document.text, page.aside, page.packages)
        remarks += write_remarks(missing, page.name, page.packages)
        if missing and not _has_text(text):
            reason = f"only references to docstrings of {missing[0].package} (add --package {missing[0].package})"
            return Skipped(document.source_file, reason)
        document = make_titled_document(document.source_file, text)
    return replace(document, remarks=tuple(remarks)) if remarks else document


def _has_text(markdown: str) -> bool:
    return any(line.strip() and not line.lstrip().startswith(("#", "<!--", "<a")) for line in markdown.split("\n"))
