"""`search_docs`: from a question to ranked passages that fit the budget."""

from collections.abc import Callable, Sequence

from vrom.answers import markdown
from vrom.answers.cursor import question, read_cursor, state, write_cursor
from vrom.answers.documents import origin_of
from vrom.answers.models import Passage, SearchAnswer, tokens
from vrom.answers.passages import Span, spans_of
from vrom.errors import InvalidArgumentError
from vrom.library import Library
from vrom.search.rank import Mode, rank
from vrom.search.tokens import tokenize

DEPTH = 100
"""Hits that reading on with the cursor can reach."""

CUT = "\n\n[… cut to fit max_tokens; get_chunk_context shows the rest]"


def search_docs(
    library: Library,
    query: str,
    cartridges: Sequence[str] | None = None,
    *,
    top_k: int = 5,
    max_tokens: int = 2000,
    context_window: int = 0,
    mode: Mode = "hybrid",
    cursor: str | None = None,
    rendered: Callable[[SearchAnswer], str] = markdown.search,
) -> SearchAnswer:
    """The best passages for `query`, at most `top_k`, whose rendering has at most `max_tokens` × 4 characters.

    Raises `NotFoundError` for an unknown cartridge, `InvalidArgumentError` for an empty query or a foreign cursor.
    """
    if not query.strip():
        raise InvalidArgumentError("query: it is empty. Ask a question, or give the exact name or error message.")
    opened, notes = library.select(cartridges)
    ranking = rank(opened, query, mode=mode, embedders=library.embedders, limit=DEPTH)
    asked = question("search", query, sorted(cartridges or []), context_window, mode)
    of = state([*(cartridge.digest for cartridge in opened), str(ranking.notes)])
    start = read_cursor(cursor, asked, of)
    spans = spans_of(ranking.hits, context_window, start + top_k + 1)
    notes += ranking.notes
    if not opened and not notes:
        notes.append("No cartridge is mounted. `vrom build` makes one from a folder of documentation.")
    elif opened and not spans:
        notes.append("Nothing in these cartridges matches. Try other words, or list_cartridges to see what they cover.")
    elif opened and start >= len(spans):
        notes.append("There is no more: this was the last passage.")

    answer = SearchAnswer(results=[], notes=notes if start == 0 or not spans[start:] else [])
    while len(rendered(answer)) > max_tokens * 2:
        answer.notes.pop()  # notes never take the room that passages need
    for position, span in enumerate(spans[start : start + top_k], start):
        following = write_cursor(position + 1, asked, of) if position + 1 < len(spans) else None
        item = _passage(span)
        longer = _with(answer, item, following)
        if len(rendered(longer)) > max_tokens * 4:
            if answer.results:
                break
            longer = _cut_to_fit(answer, span, query, following, max_tokens * 4, rendered)
        answer = longer
    return answer


def _with(answer: SearchAnswer, item: Passage, cursor: str | None) -> SearchAnswer:
    total = answer.total_tokens + item.token_estimate
    return SearchAnswer(results=[*answer.results, item], total_tokens=total, next_cursor=cursor, notes=answer.notes)


def _passage(span: Span, text: str | None = None) -> Passage:
    cartridge, chunks = span.hit.cartridge, span.hit.cartridge.chunks
    best, ids = chunks[span.hit.chunk_id], span.chunk_ids
    if text is None:
        start, end = span.range
        text = span.document.layout.excerpt(start, end, 10**9).text
    return Passage(
        **origin_of(cartridge, best.chunk_id),
        score=round(span.hit.score, 4),
        text=text,
        prev_chunk_id=chunks[ids[0]].prev_chunk_id,
        next_chunk_id=chunks[ids[-1]].next_chunk_id,
        token_estimate=tokens(text),
    )


def _cut_to_fit(
    answer: SearchAnswer,
    span: Span,
    query: str,
    cursor: str | None,
    limit: int,
    rendered: Callable[[SearchAnswer], str],
) -> SearchAnswer:
    """The answer with the best part of a passage that is too long on its own."""
    room = limit - len(rendered(_with(answer, _passage(span, CUT), cursor)))
    start = _best_start(span, query)
    while room > 0:
        excerpt = span.document.layout.excerpt(start, span.range[1], room)
        cut = _with(answer, _passage(span, excerpt.text + CUT), cursor)
        excess = len(rendered(cut)) - limit
        if excess <= 0:
            return cut
        room -= excess  # escapes in JSON take more room than the text itself
    return answer


def _best_start(span: Span, query: str) -> int:
    """Where the block of the span begins that names most of the query's words, rare words counting most."""
    start, end = span.document.spans[span.hit.chunk_id]
    blocks = span.document.layout.blocks(start, end)
    words = [set(tokenize(span.document.text[a:b])) for a, b in blocks]
    asked = {word: sum(word in block for block in words) for word in tokenize(query)}
    named = [sum(1 / count for word, count in asked.items() if word in block) for block in words]
    return blocks[named.index(max(named))][0]
