"""A span as it is shown: its whole text, a part of it, or a line that names it."""

from functools import lru_cache
from typing import Any

from vrom.answers.document import Document
from vrom.answers.models import Passage, tokens
from vrom.answers.passages.copies import name_copies
from vrom.answers.passages.spans import Span
from vrom.answers.passages.tidy import tidy
from vrom.answers.passages.widen import length, section_end
from vrom.index.tokenizer import tokenize
from vrom.markdown.headings import read_heading

LONGEST_LINE = 100
"""Characters of the line that stands for a text without a heading."""


def passage_of(span: Span, text: str | None = None) -> Passage:
    """The passage of a span, with its whole text unless another is given."""
    shelf = span.hit.cartridge
    ids = span.chunk_ids
    if text is None:
        text = _tidied(span.document, *span.range)
    return Passage(
        **span.document.origin(span.hit.chunk_id),
        score=round(span.hit.score, 4),
        text=text,
        prev_chunk_id=shelf.chunk(ids[0]).prev_chunk_id,
        next_chunk_id=shelf.chunk(ids[-1]).next_chunk_id,
        token_estimate=tokens(text),
        **_continuation(span, span.range[1]),
        **name_copies(span.document, *span.range, span.copies),
    )


def part_of(span: Span, start: int, room: int, mark: str) -> Passage:
    """The passage with what `room` characters hold of the span from `start` on, and a mark at its end."""
    excerpt = span.document.layout.excerpt(start, span.range[1], room)
    shown = _continuation(span, excerpt.end) | name_copies(span.document, start, excerpt.end, span.copies)
    before = span.document.text[:start]
    return passage_of(span, tidy(excerpt.text, before) + mark).model_copy(update=shown)


@lru_cache(maxsize=256)
def _tidied(document: Document, start: int, end: int) -> str:
    return tidy(document.excerpt(start, end), document.text[:start])


def line_of(span: Span) -> Passage:
    """A passage of which only the heading is given, with its size."""
    goes_on = {"listed": True, "continues": span.hit.chunk_id, "continues_tokens": max(1, length(span) // 4)}
    return passage_of(span, _heading_of(span)).model_copy(update=goes_on)


def best_start(span: Span, query: str) -> int:
    """Offset of the block in the span with most of the query's terms, rare terms counting most."""
    start, end = span.range if span.hit.line else span.document.spans[span.hit.chunk_id]
    blocks = span.document.layout.blocks(start, end)
    words = [set(tokenize(span.document.text[a:b])) for a, b in blocks]
    asked = {word: sum(word in block for block in words) for word in tokenize(query)}
    named = [sum(1 / count for word, count in asked.items() if word in block) for block in words]
    return blocks[named.index(max(named))][0]


def _continuation(span: Span, end: int) -> dict[str, Any]:
    """Chunk at which the section of a span that is shown up to `end` goes on, and the size of what is left."""
    ids, spans = span.document.chunk_ids, span.document.spans
    last = section_end(span)
    stop = span.range[1] if last == span.last else spans[ids[last]][1]
    if stop <= end:
        return {"continues": None, "continues_tokens": 0}
    at = next(place for place in range(span.first, last + 1) if spans[ids[place]][1] > end)
    return {"continues": ids[at], "continues_tokens": tokens(span.document.text[end:stop])}


def _heading_of(span: Span) -> str:
    """The line of the document that heads the span's section, or its own first line where there is no heading."""
    if span.hit.line:
        return span.hit.line.strip()
    ids, path_of = span.document.chunk_ids, span.document.cartridge.title_path
    first = span.document.chunk_ids.index(span.hit.chunk_id)
    while first > 0 and path_of(ids[first - 1]) == path_of(span.hit.chunk_id):
        first -= 1
    heading = ""
    for line in span.document.text[span.document.spans[ids[first]][0] :][:4000].split("\n"):
        if line.strip() and not read_heading(line):
            return heading or line.strip()[:LONGEST_LINE]
        heading = line if line.strip() else heading
    return heading
