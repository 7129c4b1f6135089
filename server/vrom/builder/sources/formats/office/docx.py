"""Read DOCX: headings, lists, tables and code by their styles and fonts, with mammoth and the reader of HTML."""

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any

from vrom.builder.document import Document
from vrom.builder.sources.extra import import_extra
from vrom.builder.sources.formats.encodings.decode import UnreadableError
from vrom.builder.sources.formats.html.page import read_html

_STYLES = """
p[style-name='Title'] => h1:fresh
p[style-name='Subtitle'] => p:fresh
p[style-name^='Code'] => pre:separator('\\n')
p[style-name^='code'] => pre:separator('\\n')
p[style-name^='Source'] => pre:separator('\\n')
p[style-name='HTML Preformatted'] => pre:separator('\\n')
p[style-name='Preformatted Text'] => pre:separator('\\n')
p[style-name='Plain Text'] => pre:separator('\\n')
p[style-name='Verbatim'] => pre:separator('\\n')
p[style-name='Quote'] => blockquote:fresh
p[style-name='Intense Quote'] => blockquote:fresh
p[style-name='Heading 7'] => h6:fresh
p[style-name='Heading 8'] => h6:fresh
r[style-name^='Code'] => code
r[style-name^='code'] => code
r[style-name='Verbatim Char'] => code
r[style-name='HTML Code'] => code
r[style-name='Source Text'] => code
"""
_FIXED_WIDTH = re.compile(
    r"courier|consolas|mono|menlo|monaco|inconsolata|source code|fira code|lucida console|cascadia", re.IGNORECASE
)
_LARGEST_PART, _LARGEST = 60_000_000, 300_000_000


def read_docx(content: bytes, name: str) -> Iterator[Document]:
    """Read a DOCX document. Raises `UnreadableError` if it is none, or too large once unpacked."""
    mammoth = import_extra("mammoth", "Reading DOCX")
    _check_size(content)
    options = {"style_map": _STYLES, "transform_document": _mark_code, "convert_image": _leave_out_images(mammoth)}
    try:
        html = mammoth.convert_to_html(io.BytesIO(content), **options).value
    except Exception as error:  # mammoth has no error of its own
        raise UnreadableError(f"mammoth cannot read this document: {type(error).__name__}") from error
    # Its name, so that a page without a heading of level 1 isn't called by its first words.
    yield from read_html(f"<main>{html}</main>", name)


def _check_size(content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            sizes = [part.file_size for part in archive.infolist()]
            if "word/document.xml" not in archive.namelist():
                raise UnreadableError("not a DOCX document")
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise UnreadableError("not a DOCX document") from error
    if sum(sizes) > _LARGEST or max(sizes) > _LARGEST_PART:
        raise UnreadableError(f"{sum(sizes):,} bytes once unpacked, more than the limit of {_LARGEST:,}")


def _leave_out_images(mammoth: Any) -> Any:
    def attributes(_image: Any) -> dict[str, str]:
        return {"src": ""}

    return mammoth.images.img_element(attributes)


def _mark_code(document: Any) -> Any:
    """The document with paragraphs and words in a font of fixed width given the styles of code."""
    transforms = import_extra("mammoth.transforms", "Reading DOCX")
    documents = import_extra("mammoth.documents", "Reading DOCX")

    def paragraph(element: Any) -> Any:
        runs = [run for run in transforms.get_descendants_of_type(element, documents.Run) if _text(run, documents)]
        plain = element.style_name is None or element.style_name in ("Normal", "No Spacing", "Body Text")
        if runs and plain and all(_is_fixed(run) for run in runs) and not element.numbering:
            return element.copy(style_id="Code", style_name="Code")
        children = [
            run.copy(style_id="Code", style_name="Code") if isinstance(run, documents.Run) and _is_fixed(run) else run
            for run in element.children
        ]
        return element.copy(children=children)

    return transforms.paragraph(paragraph)(document)


def _is_fixed(run: Any) -> bool:
    return bool(run.font and _FIXED_WIDTH.search(run.font))


def _text(run: Any, documents: Any) -> str:
    return "".join(child.value for child in run.children if isinstance(child, documents.Text)).strip()
