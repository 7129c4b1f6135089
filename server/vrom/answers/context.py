"""`get_chunk_context`: a chunk and its neighbours along the linked list, as one readable text."""

from vrom.answers import markdown
from vrom.answers.documents import Document, document_of
from vrom.answers.models import ContextAnswer, tokens
from vrom.answers.search import CUT
from vrom.errors import NotFoundError
from vrom.library import Library
from vrom.search.cartridge import Cartridge


def get_chunk_context(
    library: Library, cartridge_id: str, chunk_id: int, *, before: int = 1, after: int = 1, max_tokens: int = 2000
) -> ContextAnswer:
    """The chunk, and as many of the neighbours asked for as fit: the nearest first.

    Raises `NotFoundError` for an unknown cartridge or chunk.
    """
    cartridge = library.open(cartridge_id)
    if not 0 <= chunk_id < len(cartridge.chunks):
        known = f"Its chunks are 0 to {len(cartridge.chunks) - 1}." if cartridge.chunks else "It has no chunks."
        raise NotFoundError(f"chunk in cartridge {cartridge.id!r}", chunk_id, [], known)
    document = document_of(cartridge, cartridge.chunks[chunk_id].source_file)
    at = document.chunk_ids.index(chunk_id)
    lowest, highest = max(0, at - before), min(len(document.chunk_ids) - 1, at + after)

    first = last = at
    answer = _answer(cartridge, document, chunk_id, first, last)
    if _too_long(answer, max_tokens):
        return _cut(cartridge, document, chunk_id, at, max_tokens)
    for first_wider, last_wider in _widening(at, lowest, highest):
        wider = _answer(cartridge, document, chunk_id, min(first, first_wider), max(last, last_wider))
        if _too_long(wider, max_tokens):
            break
        answer, first, last = wider, min(first, first_wider), max(last, last_wider)
    if (first, last) != (lowest, highest):
        note = f"max_tokens={max_tokens} left room for {last - first + 1} of {highest - lowest + 1} chunks."
        noted = answer.model_copy(update={"notes": [note]})
        answer = answer if _too_long(noted, max_tokens) else noted
    return answer


def _widening(at: int, lowest: int, highest: int) -> list[tuple[int, int]]:
    """Runs around `at`, one chunk wider each, after it first."""
    first = last = at
    runs: list[tuple[int, int]] = []
    while first > lowest or last < highest:
        if last < highest:
            last += 1
            runs.append((first, last))
        if first > lowest:
            first -= 1
            runs.append((first, last))
    return runs


def _too_long(answer: ContextAnswer, max_tokens: int) -> bool:
    return len(markdown.context(answer)) > max_tokens * 4


def _answer(
    cartridge: Cartridge, document: Document, chunk_id: int, first: int, last: int, text: str | None = None
) -> ContextAnswer:
    ids = document.chunk_ids[first : last + 1]
    chunk = cartridge.chunks[chunk_id]
    if text is None:
        text = document.layout.excerpt(document.spans[ids[0]][0], document.spans[ids[-1]][1], 10**9).text
    return ContextAnswer(
        cartridge=cartridge.id,
        version=cartridge.version,
        chunk_id=chunk_id,
        chunk_ids=ids,
        text=text,
        doc_title=chunk.doc_title,
        section_heading=chunk.section_heading,
        heading_path=list(chunk.path),
        source_file=chunk.source_file,
        url=chunk.url,
        prev_chunk_id=document.chunk_ids[first - 1] if first else None,
        next_chunk_id=document.chunk_ids[last + 1] if last + 1 < len(document.chunk_ids) else None,
        more_before=first > 0,
        more_after=last + 1 < len(document.chunk_ids),
        total_tokens=tokens(text),
    )


def _cut(cartridge: Cartridge, document: Document, chunk_id: int, at: int, max_tokens: int) -> ContextAnswer:
    """The beginning of a chunk that is too long on its own."""
    start, end = document.spans[chunk_id]
    mark = CUT.replace("get_chunk_context shows the rest", "a larger max_tokens shows the rest")
    room = max_tokens * 4 - len(markdown.context(_answer(cartridge, document, chunk_id, at, at, mark)))
    text = document.layout.excerpt(start, end, max(1, room)).text + mark
    return _answer(cartridge, document, chunk_id, at, at, text)
