"""`get_chunk_context`: a chunk and its neighbours along the linked list, as one readable text."""

from vrom.answers.document import Document, document_of
from vrom.answers.models import ContextAnswer, Form, tokens
from vrom.answers.passages.size import size
from vrom.answers.render import render
from vrom.errors import InvalidArgumentError, NotFoundError
from vrom.library.library import Library
from vrom.search.shelf import Shelf


def get_chunk_context(
    library: Library,
    cartridge_id: str,
    chunk_id: int,
    *,
    before: int = 1,
    after: int = 1,
    max_tokens: int = 2000,
    form: Form = "markdown",
) -> ContextAnswer:
    """The chunk, and as many of the neighbours asked for as fit, rendered in `form`: the nearest first.

    Raises `NotFoundError` for an unknown cartridge or chunk, `PackageError` if the cartridge can't be read.
    """
    with library.reading(cartridge_id) as cartridge:
        return _around(cartridge, chunk_id, before, after, max_tokens, form)


def _around(cartridge: Shelf, chunk_id: int, before: int, after: int, max_tokens: int, form: Form) -> ContextAnswer:
    if not 0 <= chunk_id < cartridge.size:
        held = f"chunks 0 to {cartridge.size - 1}" if cartridge.size else "no chunks"
        raise NotFoundError("chunk", chunk_id, [], f"Cartridge {cartridge.id!r} has {held}.")
    document = document_of(cartridge, cartridge.chunk(chunk_id).source_file)
    at = document.chunk_ids.index(chunk_id)
    lowest, highest = max(0, at - before), min(len(document.chunk_ids) - 1, at + after)

    def too_long(answer: ContextAnswer) -> bool:
        return size(render(answer, form)) > max_tokens * 4

    first = last = at
    answer = _answer(document, chunk_id, first, last)
    if too_long(answer):
        return _cut(answer, document, max_tokens * 4, form)
    for first_wider, last_wider in _widening(at, lowest, highest):
        wider = _answer(document, chunk_id, min(first, first_wider), max(last, last_wider))
        if too_long(wider):
            break
        answer, first, last = wider, min(first, first_wider), max(last, last_wider)
    if (first, last) != (lowest, highest):
        note = f"max_tokens={max_tokens} left room for {last - first + 1} of {highest - lowest + 1} chunks."
        noted = answer.model_copy(update={"notes": [note]})
        answer = answer if too_long(noted) else noted
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


def _answer(document: Document, chunk_id: int, first: int, last: int) -> ContextAnswer:
    ids = document.chunk_ids[first : last + 1]
    text = document.excerpt(document.spans[ids[0]][0], document.spans[ids[-1]][1])
    return ContextAnswer(
        **document.origin(chunk_id),
        chunk_ids=ids,
        text=text,
        prev_chunk_id=document.chunk_ids[first - 1] if first else None,
        next_chunk_id=document.chunk_ids[last + 1] if last + 1 < len(document.chunk_ids) else None,
        more_before=first > 0,
        more_after=last + 1 < len(document.chunk_ids),
        total_tokens=tokens(text),
    )


def _cut(answer: ContextAnswer, document: Document, limit: int, form: Form) -> ContextAnswer:
    """The beginning of a chunk that is too long on its own."""
    start, end = document.spans[answer.chunk_id]
    note = "The chunk is longer than max_tokens and was cut; read_document reads on page by page."
    cut = answer.model_copy(update={"text": "", "notes": [note]})
    room = limit - size(render(cut, form))
    if room < 0:
        raise InvalidArgumentError(
            f"max_tokens: the title and file name of this chunk alone take {-room // 4 + 1} more."
        )
    while room > 0:
        cut.text = document.layout.excerpt(start, end, room).text
        cut.total_tokens = tokens(cut.text)
        excess = size(render(cut, form)) - limit
        if excess <= 0:
            break
        room = room - excess  # escapes in JSON take more room than the text itself
    return cut
