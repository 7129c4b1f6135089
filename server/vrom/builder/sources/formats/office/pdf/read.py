"""Read PDF, with pdfplumber: headings by the outline or their size, tables, and code in fonts of fixed width."""

import io
import logging
import re
import time
from collections.abc import Iterator, Sequence
from typing import Any

from vrom.builder.document import Document, Remark
from vrom.builder.sources.extra import import_extra
from vrom.builder.sources.formats.encodings.decode import UnreadableError
from vrom.builder.sources.formats.markdown_writer import write_table
from vrom.builder.sources.formats.office.pdf.blocks import find_heading_sizes, simplify, write_blocks
from vrom.builder.sources.formats.office.pdf.lines import Line, body_size, read_lines, remove_repeated
from vrom.builder.sources.formats.titles import title_from_name

SECONDS = 240.0
"""Time for the pages of a document; those that are left then are counted and left out."""
_MOST_PAGES = 5_000

_Table = tuple[float, str]


def read_pdf(content: bytes, name: str) -> Iterator[Document]:
    """Read a PDF. A section says on which page it begins: `*(page 12)*`.

    Raises `UnreadableError` if it is none, is encrypted, or has no text, such as one of scanned pages.
    """
    plumber = import_extra("pdfplumber", "Reading PDF")
    logging.getLogger("pdfminer").setLevel(logging.ERROR)
    try:
        with plumber.open(io.BytesIO(content)) as pdf:
            pages, tables, left_out = _read_pages(pdf)
            outline = _read_outline(pdf)
            title = str((pdf.metadata or {}).get("Title") or "").strip()
    except (UnreadableError, MemoryError):
        raise
    except Exception as error:  # pdfminer has many, and lets others out
        raise UnreadableError(_reason(error)) from error
    blocks, dropped = _write(pages, tables, outline)
    if not blocks:
        raise UnreadableError("a PDF without text, as of scanned pages")
    remarks = []
    if dropped:
        remarks.append(Remark("headers and footers of PDF pages left out", f"{dropped:,} lines"))
    if left_out:
        remarks.append(Remark("PDF pages not read: they took too long", f"{left_out:,} pages", lost=True))
    title = _choose_title(title, blocks, name)
    if not blocks[0].startswith("# "):
        blocks.insert(0, f"# {title}")
    yield Document(name, "\n\n".join(blocks) + "\n", title, remarks=tuple(remarks))


def _reason(error: Exception) -> str:
    text = f"{type(error).__name__} {error!r}"
    return (
        "encrypted"
        if "Password" in text or "Encrypt" in text
        else f"not a PDF that can be read: {type(error).__name__}"
    )


def _read_pages(pdf: Any) -> tuple[list[list[Line]], list[list[_Table]], int]:
    """Lines and tables of each page, and the number of pages for which there was no time."""
    begun = time.monotonic()
    pages: list[list[Line]] = []
    tables: list[list[_Table]] = []
    for page in pdf.pages[:_MOST_PAGES]:
        if time.monotonic() - begun > SECONDS:
            break
        found = [table for table in page.find_tables() if _is_table(table)] if _has_rules(page) else []
        pages.append(read_lines(page, page.page_number, [table.bbox for table in found]))
        tables.append([(table.bbox[1], _write_table(table)) for table in found])
        page.close()
    return pages, tables, len(pdf.pages) - len(pages)


def _has_rules(page: Any) -> bool:
    """True if lines are drawn that could be a table's; looking for tables takes long where there are very many."""
    return 4 <= len(page.lines) + len(page.rects) <= 3_000


def _is_table(table: Any) -> bool:
    rows = table.rows
    return len(rows) > 1 and max(sum(cell is not None for cell in row.cells) for row in rows) > 1


def _write_table(table: Any) -> str:
    rows = [[" ".join((cell or "").split()) for cell in row] for row in table.extract()]
    rows = [row for row in rows if any(row)]
    return write_table(rows) if rows else ""


def _read_outline(pdf: Any) -> dict[str, int]:
    """Levels of the titles in the outline."""
    found: dict[str, int] = {}
    try:
        for level, title, *_ in pdf.doc.get_outlines():
            key = simplify(str(title))
            if key and len(found) < 20_000:
                found.setdefault(key, min(int(level), 5) + 1)
    except Exception:  # noqa: BLE001 - an outline is missing, or broken
        return found
    return found


def _write(
    pages: Sequence[list[Line]], tables: Sequence[list[_Table]], outline: dict[str, int]
) -> tuple[list[str], int]:
    kept, dropped = remove_repeated(pages)
    every = [line for lines in kept for line in lines if not _is_contents(line)]
    sizes, body = find_heading_sizes(every), body_size(every)
    waiting = [(number, top, text) for number, page in enumerate(tables, 1) for top, text in page if text]
    blocks: list[str] = []
    for line, text in write_blocks(every, sizes, outline, body):
        while waiting and waiting[0][:2] < (line.page, line.top):
            blocks.append(waiting.pop(0)[2])
        blocks.append(text)
        if text.startswith("#"):
            blocks.append(f"*(page {line.page})*")
    blocks += [text for _, _, text in waiting]
    return _without_empty_marks(blocks), dropped


def _is_contents(line: Line) -> bool:
    """True for a line of a table of contents: a title, dots, a number."""
    return re.search(r"(?:\. ?){4,}\s*[\divxlc]+\s*$", line.text) is not None


def _without_empty_marks(blocks: list[str]) -> list[str]:
    """Blocks without the page of a heading that another one follows at once."""
    return [
        block
        for number, block in enumerate(blocks)
        if not (block.startswith("*(page ") and number + 1 < len(blocks) and blocks[number + 1].startswith("#"))
    ]


def _choose_title(title: str, blocks: list[str], name: str) -> str:
    first = next((block.lstrip("#").strip() for block in blocks if block.startswith("# ")), "")
    is_useful = title and not re.search(
        r"\.(?:docx?|tex|dvi|indd|odt)$|^(?:untitled|microsoft word)", title, re.IGNORECASE
    )
    return title if is_useful else first or title_from_name(name)
