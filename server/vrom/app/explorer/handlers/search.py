"""Search as an agent gets it, with the reasons for each hit; two searches side by side."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, get_args

from markupsafe import Markup
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from vrom.answers.models import MAX_TOKENS, MAX_TOP_K, MIN_TOKENS, Passage, SearchAnswer, tokens
from vrom.answers.render import render
from vrom.answers.search import search_selected
from vrom.app.errors.client_errors import client_message
from vrom.app.explorer.pages import chunk_address, explorer_of, mode_of, number_of, page
from vrom.app.explorer.view.explain import ExplainedHit, draw_bar, explain, list_contributions
from vrom.app.explorer.view.markdown import mark_words, render_markdown
from vrom.app.jobs.fast_path import is_short
from vrom.errors import VromError
from vrom.format.hidden_text import visible
from vrom.library.library import Library
from vrom.library.select import Selection
from vrom.search.score.candidates import Mode

if TYPE_CHECKING:
    from vrom.search.rank import Ranking

EXPLAINED = 20
"""Hits whose reasons are shown."""
AT_ONCE = 4000
"""Tokens of an answer that is rendered on the event loop, which takes 2 ms."""
_SNIPPET = 240


@dataclass
class Column:
    """One search."""

    scope: str
    mode: Mode
    selection: Selection | None = None
    """The cartridges that are searched; None without a query, or if the scope names none that is there."""
    answer: SearchAnswer = field(default_factory=lambda: SearchAnswer(results=[]))
    markdown: str = ""
    passages: list[tuple[Passage, Markup, str]] = field(default_factory=list)
    """Each passage, its text as HTML unless it is only named, and the address of its document."""
    hits: list[dict[str, Any]] = field(default_factory=list)
    milliseconds: float = 0.0
    stages: Mapping[str, float] = field(default_factory=dict)
    problem: str = ""

    @property
    def names(self) -> list[str] | None:
        """Names of the cartridges to search; None for those in scope."""
        return self.scope.replace(",", " ").split() or None

    @property
    def tokens(self) -> int:
        """Tokens that the agent pays for the answer."""
        return tokens(self.markdown)


@dataclass(frozen=True)
class Asked:
    """Query and limits of a request."""

    query: str
    budget: int
    top_k: int


async def show_search(request: Request) -> Response:
    """Answer the query in one column, or in two that differ in mode or scope.

    As for the tool, a short search runs on the event loop, where it arrives, and any other in a thread.
    """
    library = explorer_of(request).library
    given = request.query_params
    columns = [Column(given.get("in", "").strip(), mode_of(given.get("mode")))]
    if given.get("side") == "1":
        columns.append(Column(given.get("in2", "").strip(), mode_of(given.get("mode2"))))
    asked = Asked(
        given.get("q", "")[:20_000],
        number_of(request, "budget", MIN_TOKENS, MAX_TOKENS, 2000),
        number_of(request, "top_k", 1, MAX_TOP_K, 10),
    )
    if asked.query.strip():
        if any(library.chooses(column.names) for column in columns):
            await run_in_threadpool(_select, library, asked, columns)
        else:
            _select(library, asked, columns)
    selections = [column.selection for column in columns if column.selection]
    if asked.budget <= AT_ONCE and all(is_short(library, one, asked.query) for one in selections):
        return _show(request, asked, columns)
    return await run_in_threadpool(_show, request, asked, columns)


def _select(library: Library, asked: Asked, columns: Sequence[Column]) -> None:
    for column in columns:
        begun = time.perf_counter()
        try:
            column.selection = library.select(column.names, asked.query, column.mode)
        except VromError as error:
            column.problem = client_message(error)
        column.milliseconds = 1000 * (time.perf_counter() - begun)


def _show(request: Request, asked: Asked, columns: Sequence[Column]) -> Response:
    library = explorer_of(request).library
    for column in columns:
        if column.selection:
            _fill(column, library, column.selection, asked)
    return page(
        request,
        "search.html",
        query=asked.query,
        budget=asked.budget,
        top_k=asked.top_k,
        columns=columns,
        modes=get_args(Mode),
        names=[mount.name for mount in library.mounts(every_version=True)[:500]],
    )


def _fill(column: Column, library: Library, selection: Selection, asked: Asked) -> None:
    rankings: list[Ranking] = []
    begun = time.perf_counter()
    try:
        answer = search_selected(
            library, selection, asked.query, top_k=asked.top_k, max_tokens=asked.budget, mode=column.mode,
            observe=rankings.append,
        )  # fmt: skip
        column.markdown = render(answer, "markdown")
        column.milliseconds += 1000 * (time.perf_counter() - begun)
    except VromError as error:
        column.problem = client_message(error)
        return
    ranking = rankings[-1]  # those before it, if any, met a cartridge that proved to be damaged
    column.answer, column.stages = answer, ranking.stages
    terms = frozenset(ranking.terms.terms)
    column.passages = [
        (
            item,
            Markup() if item.listed else render_markdown(item.text, terms),
            chunk_address(item.cartridge, item.source_file, item.chunk_id),
        )
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
        "address": chunk_address(cartridge.id, chunk.source_file, chunk_id),
        "is_sent": (cartridge.id, chunk_id) in sent,
        "snippet": mark_words(text[:_SNIPPET] + ("…" if len(text) > _SNIPPET else ""), terms),
        "features": list_contributions(found.contributions),
        "bar": draw_bar(found.contributions, max(most, added)),
    }
