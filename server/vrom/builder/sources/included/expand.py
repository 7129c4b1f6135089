"""Put included files into a page before its reader gets it, and docstrings after."""

from dataclasses import replace
from pathlib import PurePosixPath

from vrom.builder.document import Document, Skipped
from vrom.builder.sources.formats.markup.asciidoc.preprocess import expand_includes
from vrom.builder.sources.formats.markup.asciidoc.recognize import is_asciidoc
from vrom.builder.sources.formats.restructured_text.evidence import find_evidence
from vrom.builder.sources.formats.titles import make_titled_document
from vrom.builder.sources.included.configured.settings import replace_settings
from vrom.builder.sources.included.docstrings.fill import fill_places, name_missing, write_remarks
from vrom.builder.sources.included.inclusions import PageInclusions
from vrom.builder.sources.included.languages import MARKDOWN, RESTRUCTURED_TEXT
from vrom.builder.sources.included.markdown.expand import expand_markdown
from vrom.builder.sources.included.restructured_text import expand_restructured_text
from vrom.builder.sources.included.tree import NotIncludedError

_ASCIIDOC = {".adoc", ".asciidoc", ".asc", ".ad"}
_PLAIN_TEXT = {".txt", ".text"}


def expand_text(text: str, name: str, page: PageInclusions) -> str:
    """The text of a page with the files that it includes; `name` selects the syntaxes."""
    try:
        return _expand(text, PurePosixPath(name).suffix.lower(), page)
    except Exception:  # noqa: BLE001 - a page that nobody has thought of; it is read as it stands
        page.remark("a page's inclusions", NotIncludedError("included files cannot be read"))
        return text


def _expand(text: str, suffix: str, page: PageInclusions) -> str:
    if suffix in MARKDOWN:
        return replace_settings(expand_markdown(text, page), page.settings if "{{" in text else {})
    is_plain = suffix in _PLAIN_TEXT
    if suffix in _ASCIIDOC or (is_plain and is_asciidoc(text)):
        return _expand_asciidoc(text, page)
    if suffix in RESTRUCTURED_TEXT or (is_plain and find_evidence(text)):
        return expand_restructured_text(text, page)
    return text


def _expand_asciidoc(text: str, page: PageInclusions) -> str:
    def read(path: str) -> str | None:
        try:
            included = page.read(path)
            page.mark_whole(included)
            return page.add(included.text)
        except NotIncludedError:
            return None

    expanded, remarks = expand_includes(text, read)
    page.remarks.extend(remarks)
    return expanded


def finish_document(document: Document, page: PageInclusions) -> Document | Skipped:
    """The document with docstrings and with remarks about what is missing; skipped if nothing but headings is left."""
    remarks = [*document.remarks, *page.remarks]
    if page.aside:
        text, missing = fill_places(document.text, page.aside, page.packages)
        remarks += write_remarks(missing, page.name, page.packages)
        if missing and not _has_text(text):
            return Skipped(document.source_file, f"only {name_missing(missing[0], page.packages)}")
        document = make_titled_document(document.source_file, text)
    return replace(document, remarks=tuple(remarks)) if remarks else document


def _has_text(markdown: str) -> bool:
    return any(line.strip() and not line.lstrip().startswith(("#", "<!--", "<a")) for line in markdown.split("\n"))
