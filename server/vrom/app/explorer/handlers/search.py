"""Search as an agent gets it, with the reasons for each hit; two searches side by side."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast, get_args

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from vrom.answers.models import MAX_TOKENS, MAX_TOP_K, MIN_TOKENS, Passage, SearchAnswer, tokens
from vrom.answers.render import render
from vrom.answers.search import search_docs
from vrom.app.errors.client_errors import client_message
from vrom.app.explorer.pages import address, explorer_of, number_of, page
from vrom.app.explorer.view.explain import ExplainedHit, explain, stacked_bar
from vrom.app.explorer.view.markdown import mark_words, render_markdown
from vrom.errors import VromError
from vrom.format.hidden_text import visible
from vrom.library.library import Library
from vrom.search.score.candidates import Mode

if TYPE_CHECKING:
    from vrom.search.rank import Ranking

EXPLAINED = 20
"""Hits whose reasons are shown."""
_SNIPPET = 240


@dataclass
class Column:
    """One search."""

    scope: str
    mode: Mode
    answer: SearchAnswer = field(default_factory=lambda: SearchAnswer(results=[]))
    markdown: str = ""
    passages: list[tuple[Passage, Markup, str]] = field(default_factory=list)
    """Each passage, its text as HTML, and the address of its document."""
    hits: list[dict[str, Any]] = field(default_factory=list)
    milliseconds: float = 0.0
    stages: Mapping[str, float] = field(default_factory=dict)
    problem: str = ""

    @property
    def tokens(self) -> int:
        """Tokens that the agent pays for the answer."""
        return tokens(self.markdown)


def show_search(request: Request) -> Response:
    """Answer the query in one column, or in two that differ in mode or scope."""
    library = explorer_of(request).library
    given = request.query_params
    query = given.get("q", "")[:20_000]
    budget = number_of(request, "budget", MIN_TOKENS, MAX_TOKENS, 2000)
    top_k = number_of(request, "top_k", 1, MAX_TOP_K, 10)
    columns = [Column(given.get("in", "").strip(), _mode(given.get("mode", "")))]
    if given.get("side") == "1":
        columns.append(Column(given.get("in2", "").strip(), _mode(given.get("mode2", ""))))
    if query.strip():
        for column in columns:
            _fill(column, library, query, budget, top_k)
    return page(
        request,
        "search.html",
        query=query,
        given={name: value for name, value in given.items() if name != "page"},
        budget=budget,
        top_k=top_k,
        columns=columns,
        modes=get_args(Mode),
        names=[mount.name for mount in library.mounts(every_version=True)[:500]],
    )


def _fill(column: Column, library: Library, query: str, budget: int, top_k: int) -> None:
    names = column.scope.replace(",", " ").split() or None
    rankings: list[Ranking] = []
    begun = time.perf_counter()
    try:
        answer = search_docs(
            library, query, names, top_k=top_k, max_tokens=budget, mode=column.mode, observe=rankings.append
        )
        column.markdown = render(answer, "markdown")
        column.milliseconds = 1000 * (time.perf_counter() - begun)
    except VromError as error:
        column.problem = client_message(error)
        return
    ranking = rankings[-1]  # those before it, if any, met a cartridge that proved to be damaged
    column.answer, column.stages = answer, ranking.stages
    terms = frozenset(ranking.terms.terms)
    column.passages = [
        (item, render_markdown(item.text, terms), _document(item.cartridge, item.source_file, item.chunk_id))
        for item in answer.results
    ]
    sent = {(item.cartridge, item.chunk_id) for item in answer.results}
    explained = explain(ranking, EXPLAINED)
    most = max((hit.hit.score for hit in explained), default=0.0)
    column.hits = [_reasons(hit, most, sent, terms) for hit in explained]


def _reasons(found: ExplainedHit, most: float, sent: set[tuple[str, int]], terms: frozenset[str]) -> dict[str, Any]:
    cartridge, chunk_id, score, line = found.hit
    chunk = cartridge.chunk(chunk_id)
    start = max(chunk.text.find(line) if line else 0, chunk.lead)
    text = " ".join(visible(chunk.text[start : start + 4 * _SNIPPET]).split())
    added = sum(one.value for one in found.contributions if one.value > 0)
    return {
        "rank": found.rank,
        "score": score,
        "path": [visible(part)[:160] for part in cartridge.title_path(chunk_id)][-4:],
        "cartridge": cartridge.id,
        "chunk_id": chunk_id,
        "address": _document(cartridge.id, chunk.source_file, chunk_id),
        "is_sent": (cartridge.id, chunk_id) in sent,
        "snippet": mark_words(text[:_SNIPPET] + ("…" if len(text) > _SNIPPET else ""), terms),
        "contributions": found.contributions,
        "bars": stacked_bar(found.contributions, max(most, added)),
    }


def _document(cartridge: str, file: str, chunk_id: int) -> str:
    return f"{address('/document', cartridge=cartridge, file=file, chunk=chunk_id)}#chunk-{chunk_id}"


def _mode(given: str) -> Mode:
    return cast("Mode", given) if given in get_args(Mode) else "hybrid"
