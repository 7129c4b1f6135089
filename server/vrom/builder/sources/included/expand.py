"""Put included files into a page before its reader gets it."""

import re
from dataclasses import replace
from pathlib import PurePosixPath

from vrom.builder.document import Document
from vrom.builder.sources.formats.titles import make_titled_document
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


def finish_document(document: Document, page: PageInclusions) -> Document:
    """The document with what was put aside while it was read, and with remarks about what is missing."""
    remarks = (*document.remarks, *page.remarks)
    if page.aside:
        text = re.sub(
            r"^[ \t>]*vrom-aside-(\d{1,6})[ \t]*$",
            lambda found: page.aside[int(found[1])],
            document.text,
            flags=re.MULTILINE,
        )
        document = make_titled_document(document.source_file, text)
    return replace(document, remarks=remarks) if remarks else document


_ASIDE = re.compile(r"^[ \t>]*vrom-aside-(\d{1,6})[ \t]*$", re.MULTILINE)


def _fill_aside(aside: list[str], found: re.Match[str]) -> str:
    number = int(found[1])
    return aside[number] if number < len(aside) else found[0]
