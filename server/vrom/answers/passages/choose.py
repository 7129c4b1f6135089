"""Choice of the passages that an answer shows rather than lists: it spends what it needs, not what it may.

The best passage is shown with its section, the next ones as long as they add something. In 18 of 20 tasks of coding
agents, the answer was in the first or second passage.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from vrom.answers.document import Document
from vrom.answers.passages.spans import Span
from vrom.answers.passages.widen import drop_sent, length, widened
from vrom.index.tokenizer import tokenize
from vrom.search.query import FUNCTION_TERMS

LEAN_UP_TO = 2000
"""The default budget. Who asks for more gets passages whole as far as they fit."""
NEEDED = 2600
"""Characters of passages that an answer shows if its budget isn't larger than the default."""
BEST = 1600
"""Characters up to which the best passage is widened to its section."""
CLOSE = 0.72
"""Share of the best score from which on a passage may answer as well."""


class Choice(NamedTuple):
    """A passage of an answer, and true if its text is shown; else a line names it."""

    span: Span
    shown: bool


def choose(spans: Sequence[Span], query: str, max_tokens: int, *, widen: bool) -> list[Choice]:
    """The passages with what to do with each, in order. `widen=False` leaves the best one as it is."""
    if not spans:
        return []
    room = min(NEEDED, max_tokens * 4 * 2 // 3)
    best = widened(spans[:1], min(room, BEST) - length(spans[0]))[0] if widen else spans[0]
    room -= length(best)
    choices = [Choice(best, True)]
    asked = frozenset(tokenize(query)) - FUNCTION_TERMS
    for span in drop_sent(spans[1:], [best]):
        shown = length(span) <= room and (
            span.hit.score >= CLOSE * best.hit.score or _adds(span, asked, [one.span for one in choices if one.shown])
        )
        if shown:
            room -= length(span)
        choices.append(Choice(span, shown))
    return choices


def _adds(span: Span, asked: frozenset[str], shown: Sequence[Span]) -> bool:
    """True if a passage has a term of the query that none of those shown has."""
    missing = asked & _terms(span)
    return bool(missing and missing.difference(*map(_terms, shown)))


def _terms(span: Span) -> frozenset[str]:
    return _terms_of(span.document, span.hit.chunk_id, *span.range)


@lru_cache(maxsize=512)
def _terms_of(document: Document, chunk_id: int, start: int, end: int) -> frozenset[str]:
    path = document.cartridge.title_path(chunk_id)
    return frozenset(tokenize("\n".join([*path, document.text[start:end]])))
