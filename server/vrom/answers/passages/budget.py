"""One page of a search answer: as many passages as the budget holds."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from vrom.answers.models import FORMS, Form, Passage, SearchAnswer
from vrom.answers.passages.choose import LEAN_UP_TO, Choice
from vrom.answers.passages.passage import best_start, line_of, part_of, passage_of
from vrom.answers.passages.size import size
from vrom.answers.passages.spans import Span
from vrom.answers.passages.widen import widened
from vrom.answers.render import render

BESIDE = 25
"""A twenty-fifth of the answer isn't filled by widening: it is for what stands beside the text, links to documents."""

SHORTEST_TEXT = 200
"""Characters that must be left for a passage's text, the closing lines and a cursor."""

CUT = "\n\n[… cut to fit max_tokens; get_chunk_context shows the rest]"


CursorAfter = Callable[[int], str | None]
"""The cursor that reads on after so many passages, None if there are no more; all are of one length."""


@dataclass(frozen=True)
class Limits:
    """Limits of a result page, and the form in which its characters are counted."""

    top_k: int
    max_tokens: int
    form: Form = "markdown"

    @property
    def characters(self) -> int:
        """Of the rendered answer, at most, as `weight` counts them."""
        return self.max_tokens * 4

    def excess(self, answer: SearchAnswer) -> int:
        """Characters by which an answer is too long; room that it leaves is negative."""
        return size(render(answer, self.form)) - self.characters


def pack(position: int, limits: Limits) -> int:
    """A position and the limits of an answer's first page as 32 bits, for a cursor: position 9, form 2, top_k 6,
    max_tokens 15.
    """
    return position << 23 | FORMS.index(limits.form) << 21 | limits.top_k << 15 | limits.max_tokens


def unpack(packed: int) -> tuple[int, Limits]:
    """The position and limits that `pack` combined; an unknown form, in a cursor made up, counts as the first."""
    form = dict(enumerate(FORMS)).get(packed >> 21 & 0b11, FORMS[0])
    return packed >> 23, Limits(packed >> 15 & 0x3F, packed & 0x7FFF, form)


def fill(
    choices: Sequence[Choice], notes: Sequence[str], limits: Limits, query: str, cursor: CursorAfter
) -> tuple[SearchAnswer, list[Span]]:
    """The answer with `choices`, at most `top_k`, as far as they fit, and the spans in it: at least one if there is
    any. A passage that doesn't fit is listed. `cursor` gets the number of passages in the answer.
    """
    answer = SearchAnswer(results=[], notes=list(notes))
    while answer.notes and limits.excess(answer) > -limits.characters // 2:
        answer.notes.pop()  # notes never take the room that passages need
    wanted = choices[: limits.top_k]
    everything = _with(answer, [_item(choice) for choice in wanted], cursor(len(wanted)))
    if not wanted or limits.excess(everything) <= 0:
        return everything, [choice.span for choice in wanted]
    for count, (choice, item) in enumerate(zip(wanted, everything.results, strict=True), 1):
        longer = _with(answer, [*answer.results, item], cursor(count))
        if limits.excess(longer) > 0 and count > 1 and not item.listed:
            longer = _with(answer, [*answer.results, line_of(choice.span)], cursor(count))
        if limits.excess(longer) > 0:
            break
        answer = longer
    if answer.results:
        return answer, [choice.span for choice in wanted[: len(answer.results)]]
    return _cut_to_fit(answer, wanted[0].span, query, cursor(1), limits), [wanted[0].span]


def _item(choice: Choice) -> Passage:
    return passage_of(choice.span) if choice.shown else line_of(choice.span)


def leave_out_unnameable(spans: Sequence[Span], limits: Limits) -> tuple[list[Span], list[str]]:
    """The spans whose title and file name leave room for text, and a note on each of the others."""
    kept: list[Span] = []
    notes: list[str] = []
    for span in spans:
        origin = span.document.origin(span.hit.chunk_id)
        is_long = len(origin["source_file"]) + sum(map(len, origin["heading_path"])) > limits.characters // 4
        if is_long and limits.excess(SearchAnswer(results=[passage_of(span, CUT)], notes=[])) > -SHORTEST_TEXT:
            hit = span.hit
            notes.append(f"{hit.cartridge.id}#{hit.chunk_id} is left out: its title and file name exceed max_tokens.")
        else:
            kept.append(span)
    return kept, notes


def widen(answer: SearchAnswer, spans: Sequence[Span], limits: Limits) -> tuple[SearchAnswer, list[Span]]:
    """The answer whose passages are `spans`, with what room it leaves spent on their sections; and its spans then."""
    most = min(limits.max_tokens, LEAN_UP_TO)
    limits = replace(limits, max_tokens=most - most // BESIDE)
    room = -limits.excess(answer)
    while room > 0:
        wide = widened(spans, room)
        if wide == list(spans):
            break
        both = zip(spans, wide, answer.results, strict=True)
        results = [item if now is before else passage_of(now) for before, now, item in both]
        longer = _with(answer, results, answer.next_cursor)
        excess = limits.excess(longer)
        if excess <= 0:
            return longer, wide
        room -= excess  # escapes in JSON take more room than the text itself
    return answer, list(spans)


def _with(answer: SearchAnswer, results: list[Passage], cursor: str | None) -> SearchAnswer:
    total = sum(item.token_estimate for item in results)
    return SearchAnswer(results=results, total_tokens=total, next_cursor=cursor, notes=answer.notes)


def _cut_to_fit(answer: SearchAnswer, span: Span, query: str, cursor: str | None, limits: Limits) -> SearchAnswer:
    """The answer with the best part of a passage that is too long on its own."""
    room = -limits.excess(_with(answer, [passage_of(span, CUT)], cursor))
    start = best_start(span, query)
    while room > 0:
        cut = _with(answer, [part_of(span, start, room, CUT)], cursor)
        excess = limits.excess(cut)
        if excess <= 0:
            return cut
        room = room - excess  # escapes in JSON take more room than the text itself
    return answer
