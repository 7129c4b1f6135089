"""The answer to several queries: each gets its share of the budget, and nothing is sent twice."""

import math
from collections.abc import Callable, Sequence

from vrom.answers.models import MIN_TOKENS, SearchAnswer
from vrom.answers.passages.budget import Limits
from vrom.answers.passages.spans import Span

MOST_QUERIES = 8
SHOWN = 120
"""Characters of a query above its passages."""

Search = Callable[[str, Limits, Sequence[Span]], tuple[SearchAnswer, list[Span]]]
"""A search for one query within its share, without the spans that were sent; and the spans in it."""


def distinct(query: str | Sequence[str]) -> list[str]:
    """The queries that aren't empty, each once."""
    queries = [query] if isinstance(query, str) else query
    return list(dict.fromkeys(one for one in queries if one.strip()))


def as_text(query: str | Sequence[str]) -> str:
    """All queries as one text."""
    return query if isinstance(query, str) else "\n".join(query)


def answer_several(queries: Sequence[str], notes: Sequence[str], limits: Limits, search: Search) -> SearchAnswer:
    """The answers to the queries as one, in their order; what a query leaves of its share is for the next ones."""
    count = max(1, min(len(queries), MOST_QUERIES, limits.top_k, limits.max_tokens // MIN_TOKENS))
    answer = SearchAnswer(results=[], notes=list(notes))
    if count < len(queries):
        answer.notes.append(f"Answered {count} of {len(queries)} queries. Ask fewer, or with more max_tokens.")
    sent: list[Span] = []
    for number, query in enumerate(queries[:count]):
        left = count - number
        room = -limits.excess(answer) // 4 // left
        share = Limits(math.ceil((limits.top_k - len(answer.results)) / left), max(MIN_TOKENS, room), limits.form)
        part, spans = search(query, share, sent)
        sent += spans
        shown = " ".join(query.split())[:SHOWN]
        answer.results += [item.model_copy(update={"query": shown}) for item in part.results]
        if not part.results:
            answer.notes.append(f"{shown!r}: {' '.join(part.notes)}")
        else:
            answer.notes += [note for note in part.notes if note not in answer.notes]
        answer.total_tokens = sum(item.token_estimate for item in answer.results)
    while answer.results and limits.excess(answer) > 0:
        answer.results.pop()
        answer.total_tokens = sum(item.token_estimate for item in answer.results)
    return answer
