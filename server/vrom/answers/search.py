"""`search_docs`: from a question to ranked passages that fit the budget."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from vrom.answers.cursor import digest, read_cursor, write_cursor
from vrom.answers.models import Form, SearchAnswer
from vrom.answers.passages.budget import Limits, fill, leave_out_unnameable, pack, unpack, widen
from vrom.answers.passages.choose import LEAN_UP_TO, Choice, choose
from vrom.answers.passages.several import answer_several, as_text, distinct
from vrom.answers.passages.spans import Span, spans_of
from vrom.answers.passages.widen import drop_sent
from vrom.answers.suggestions import absence_note, fitting, note
from vrom.errors import InvalidArgumentError, PackageError, StoreUnavailableError
from vrom.library.damage import is_damage
from vrom.library.library import Library
from vrom.library.select import Selection
from vrom.registry.stored_listings import stored_listings
from vrom.search.rank import Ranking, rank
from vrom.search.score.candidates import Mode
from vrom.search.shelf import Shelf

SENT_IF_ABSENT = 2
"""Passages of an answer whose deciding word is in none of them."""
DEPTH = 100
"""Hits that reading on with the cursor can reach."""

NOT_MOUNTED = "No cartridge is mounted. `vrom build` makes one from a folder of documentation."
NOT_FOUND = "Nothing in these cartridges matches. Try other words, or list_cartridges to see what they cover."
NO_MORE_PASSAGES = "There is no more: this was the last passage."


def search_docs(
    library: Library, query: str | Sequence[str], cartridges: Sequence[str] | None = None, **options: Any
) -> SearchAnswer:
    """Search the cartridges with these names, or all; see `search_selected`.

    Raises `NotFoundError` for an unknown name.
    """
    selection = library.select(cartridges, as_text(query), options.get("mode", "hybrid"))
    return search_selected(library, selection, query, **options)


def search_selected(
    library: Library,
    selection: Selection,
    query: str | Sequence[str],
    *,
    top_k: int = 10,
    max_tokens: int = 2000,
    context_window: int = 0,
    mode: Mode = "hybrid",
    cursor: str | None = None,
    form: Form = "markdown",
    report: Callable[[str], None] = lambda _: None,
    observe: Callable[[Ranking], None] = lambda _: None,
) -> SearchAnswer:
    """The best passages for `query`, at most `top_k`, which in `form` has at most `max_tokens` × 4 characters.

    The first result page spends what its passages leave of the budget on the sections around them. To send nothing
    twice, a later one is what the first, made again, left unsent: a cursor holds the first one's limits. `report`
    receives the progress of opening cartridges, `observe` each ranking that was made. Each of several queries gets its
    share, and no cursor.

    Raises `InvalidArgumentError` for an empty query or a foreign cursor, `PackageError` when none of the cartridges can
    be read.
    """
    queries = distinct(query)
    if not queries:
        raise InvalidArgumentError("query: it is empty. Ask a question, or give the exact name or error message.")
    if cursor and len(queries) > 1:
        raise InvalidArgumentError("cursor: it reads on in the answer to one query, not to several.")
    opened, notes = library.open_all(selection, report)
    if notes and not opened:
        raise PackageError(" ".join(notes))
    request = PageRequest(top_k, max_tokens, context_window, mode, cursor, form, observe)

    def search(opened: Sequence[Shelf], notes: Sequence[str], request: PageRequest) -> SearchAnswer:
        if len(queries) == 1:
            return _search(library, opened, notes, queries[0], selection.names, request)[0]
        return answer_several(
            queries,
            notes,
            Limits(top_k, max_tokens, form),
            lambda one, share, sent: _search(
                library,
                opened,
                [],
                one,
                selection.names,
                replace(request, top_k=share.top_k, max_tokens=share.max_tokens),
                sent,
            ),
        )

    try:
        return search(opened, notes, request)
    except StoreUnavailableError as error:
        local = [one for one in opened if not one.is_stored]
        if not local:
            raise
        return search(local, [*notes, _not_searched(error, len(opened) - len(local))], request)
    except Exception as error:
        if not is_damage(error):
            raise
        readable, problems = library.leave_out_damaged(
            opened, lambda one: search([one], [], replace(request, cursor=None))
        )
        if not problems:
            raise
        if not readable:
            raise PackageError(" ".join(problems)) from error
        return search(readable, [*notes, *problems], request)


def _not_searched(error: StoreUnavailableError, count: int) -> str:
    which = "1 cartridge was" if count == 1 else f"{count:,} cartridges were"
    return f"{str(error).removesuffix('.')}: {which} not searched."


def _other_versions(library: Library, cartridges: Iterable[Shelf]) -> list[str]:
    """A note on each cartridge whose version isn't the one that the project locks, or of which its parts lock several.

    One note for each dependency, whatever versions of it the answer holds.
    """
    scope = library.scope
    locked = {one: one.id.partition("@")[0] for one in cartridges if one.locked is not None}
    outdated = {
        identity: f"`{scope.command(identity)}` adds the version that the project locks."
        for one, identity in locked.items()
        if one.locked != one.version
    }
    several = {
        identity: scope.differences(identity, library.versions_of(identity))
        for identity in locked.values()
        if identity in scope.differing
    }
    return list((outdated | several).values())


@dataclass(frozen=True)
class PageRequest:
    """Size and form of one result page, its beginning, and who sees how it was ranked."""

    top_k: int
    max_tokens: int
    context_window: int
    mode: Mode
    cursor: str | None
    form: Form
    observe: Callable[[Ranking], None]


def _search(
    library: Library,
    opened: Sequence[Shelf],
    notes: Sequence[str],
    query: str,
    names: Sequence[str],
    request: PageRequest,
    sent_before: Sequence[Span] = (),
) -> tuple[SearchAnswer, list[Span]]:
    """The answer to one query, without what other queries' answers hold, and the spans in it."""
    notes = list(notes)
    ranking = rank(opened, query, mode=request.mode, embedders=library.embedders, limit=DEPTH, store=library.store)
    request.observe(ranking)
    notes += ranking.notes
    if ranking.absent:
        notes.insert(0, absence_note(ranking.absent, library))
    if library.home and (ranking.doubtful or ranking.absent or not ranking.hits):
        mounted = {mount.id for mount in library.mounts()}
        if fits := fitting(query, stored_listings(library.home), mounted):
            notes.append(note(fits))
    call = digest("search", query, list(names), request.context_window, request.mode)
    state = digest(*(cartridge.digest for cartridge in opened), str(notes))
    most = DEPTH if request.cursor or sent_before else request.top_k + 1
    spans = drop_sent(spans_of(ranking.hits, request.context_window, most), sent_before)
    if not opened and not notes:
        notes.append(NOT_MOUNTED)
    elif opened and not spans:
        notes.append(NOT_FOUND)
    notes += _other_versions(library, (span.hit.cartridge for span in spans[: request.top_k]))
    top_k = min(request.top_k, SENT_IF_ABSENT) if ranking.absent else request.top_k
    limits = Limits(top_k, request.max_tokens, request.form)
    start, first_limits = unpack(read_cursor(request.cursor, call, state)) if request.cursor else (0, limits)
    spans, left_out = leave_out_unnameable(spans, first_limits)
    notes += left_out

    def cursor_at(position: int) -> str:
        return write_cursor(pack(position, first_limits), call, state)

    is_sure = not (ranking.doubtful or ranking.absent)
    head, tail = spans[: first_limits.top_k], spans[first_limits.top_k :]
    is_lean = first_limits.max_tokens <= LEAN_UP_TO
    choices = (
        choose(head, query, first_limits.max_tokens, widen=is_sure) if is_lean else [Choice(s, True) for s in head]
    )
    first, sent = fill(
        choices, notes, first_limits, query, lambda count: cursor_at(0) if tail or count < len(choices) else None
    )
    if is_sure and not is_lean:
        first, sent = widen(first, sent, first_limits)
    if not request.cursor:
        return first, sent
    left = drop_sent(spans, sent)[start:]
    if not left:
        return SearchAnswer(results=[], notes=[NO_MORE_PASSAGES]), []
    following = [Choice(span, True) for span in left]
    return fill(
        following, [], limits, query, lambda count: cursor_at(start + count) if count < len(following) else None
    )
