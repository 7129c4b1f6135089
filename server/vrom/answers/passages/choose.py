"""Choice of the passages that an answer shows rather than lists: it spends what it needs, not what it may.

The best passage is shown with its section, the next ones as long as they add something. In 18 of 20 tasks of coding
agents, the answer was in the first or second passage.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from vrom.answers.document import Document
from vrom.answers.passages.spans import Span
from vrom.answers.passages.widen import drop_sent, from_signature, length, widened
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
    """The passages with what to do with each, in order. `widen=False` leaves them as they are.

    Otherwise the best one is widened to its section, and what describes a function or class begins at its signature.
    """
    if not spans:
        return []
    room = min(NEEDED, max_tokens * 4 * 2 // 3)
    best = spans[0]
    if widen:
        best = from_signature(best, min(room, BEST))
        best = widened([best], min(room, BEST) - length(best))[0]
    room -= length(best)
    choices = [Choice(best, True)]
    asked = frozenset(tokenize(query)) - FUNCTION_TERMS
    left = drop_sent(spans[1:], [best])
    while left:
        before = [one.span for one in choices if one.shown]
        span = from_signature(left[0], room, before) if widen else left[0]
        shown = length(span) <= room and (span.hit.score >= CLOSE * best.hit.score or _adds(span, asked, before))
        choices.append(Choice(span if shown else left[0], shown))
        left = drop_sent(left[1:], [span]) if shown else left[1:]
        room -= length(span) if shown else 0
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
