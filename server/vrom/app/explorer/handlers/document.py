"""A document with its chunks as they were cut."""

import bisect
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from vrom.answers.document import Document, document_of
from vrom.app.explorer.handlers.names import definitions_in
from vrom.app.explorer.pages import explorer_of, number_of, page
from vrom.app.explorer.view.hidden import show_hidden
from vrom.app.explorer.view.markdown import render_markdown
from vrom.errors import InvalidArgumentError
from vrom.format.hidden_text import hidden_kinds, visible
from vrom.format.models import estimate_tokens
from vrom.search.shelf import Shelf

SHOWN = 60
"""Chunks on a page."""
VIEWS = {"chunks": "Chunks", "rendered": "Rendered", "text": "Markdown"}
HEADINGS = 400
"""Entries of the table of contents, and of the list of names."""


def show_document(request: Request) -> Response:
    """The document in one of `VIEWS`; `chunk` names the chunk whose page is shown."""
    name, file = (request.query_params.get(key, "") for key in ("cartridge", "file"))
    if not name or not file:
        raise InvalidArgumentError("The address names no document: it needs a cartridge and a file.")
    view = request.query_params.get("view", "chunks")
    view = view if view in VIEWS else "chunks"
    with explorer_of(request).library.reading(name) as cartridge:
        document = document_of(cartridge, file)
        ids = document.chunk_ids
        wanted = number_of(request, "chunk", 0, 10**9, -1)
        pages = max(1, -(-len(ids) // SHOWN))
        number = ids.index(wanted) // SHOWN + 1 if wanted in ids else number_of(request, "page", 1, pages, 1)
        shown = ids[(number - 1) * SHOWN : number * SHOWN]
        start, end = document.spans[shown[0]][0], document.spans[shown[-1]][1]
        files = list(cartridge.documents)
        at = files.index(document.source_file)
        values: dict[str, Any] = {
            "chunks": [_chunk(cartridge, chunk_id) for chunk_id in shown] if view == "chunks" else [],
            "rendered": render_markdown(document.text[start:end], below=1) if view == "rendered" else "",
            "text": show_hidden(document.text[start:end]) if view == "text" else "",
            "contents": _contents(document),
            "names": [(visible(one.name), one.chunk_id) for one in definitions_in(cartridge, ids)[:HEADINGS]],
            "title": document.title,
            "url": document.url,
            "before": files[at - 1] if at else None,
            "after": files[at + 1] if at + 1 < len(files) else None,
            "tokens": estimate_tokens(document.text),
        }
    return page(
        request,
        "inspect/document.html",
        cartridge=cartridge,
        document=document,
        view=view,
        views=VIEWS,
        number=number,
        pages=pages,
        wanted=wanted,
        **values,
    )


def _chunk(cartridge: Shelf, chunk_id: int) -> dict[str, Any]:
    chunk = cartridge.chunk(chunk_id)
    end = len(chunk.text) - chunk.tail
    return {
        "id": chunk_id,
        "path": [visible(part)[:160] for part in cartridge.title_path(chunk_id)],
        "tokens": estimate_tokens(chunk.text),
        "hidden": hidden_kinds(chunk.text),
        "is_bare": cartridge.is_bare(chunk_id),
        "lead": show_hidden(chunk.text[: chunk.lead]),
        "text": show_hidden(chunk.text[chunk.lead : end]),
        "tail": show_hidden(chunk.text[end:]) if chunk.tail else "",
        "before": chunk.prev_chunk_id,
        "after": chunk.next_chunk_id,
    }


def _contents(document: Document) -> list[tuple[str, int, int]]:
    """Heading, depth and chunk of each section."""
    sections = document.sections()[:HEADINGS]
    least = min((section.level for section in sections), default=1)
    starts = [document.spans[chunk_id][0] for chunk_id in document.chunk_ids]
    return [
        (
            section.heading,
            min(section.level - least, 3),
            document.chunk_ids[max(bisect.bisect_right(starts, section.start) - 1, 0)],
        )
        for section in sections
        if section.heading
    ]
