"""Cartridges that are not mounted, are listed by a known registry, and fit a query."""

from collections.abc import Collection, Iterable, Sequence

from vrom.format.hidden_text import visible
from vrom.library.library import Library
from vrom.library.match import fits
from vrom.registry.stored_listings import Listing

MOST = 3
LONGEST_WORD = 60
"""Characters of a word of the question that a note repeats."""
SHARED_WORDS = 2
"""Words of a question in a listing's text from which on it fits; a question that names it needs no others."""


def fitting(query: str, listings: Iterable[Listing], mounted: Collection[str]) -> list[str]:
    """Ids of listings that a question is about, best first: it has the whole id, or words of its text and id."""
    unmounted = [listing for listing in listings if listing.id not in mounted]
    judged = zip(fits(query, unmounted), unmounted, strict=True)
    enough = [(fit, listing.id) for fit, listing in judged if fit.is_named or fit.shared >= SHARED_WORDS]
    return [listing_id for _, listing_id in sorted(enough, key=lambda item: item[0], reverse=True)[:MOST]]


def absence_note(words: Sequence[str], library: Library) -> str:
    """A note on words that are nowhere in what was searched: what documents them here, or what to do."""
    quoted = ", ".join(f'"{visible(word)[:LONGEST_WORD]}"' for word in words)
    names = {mount.id.rpartition(".")[2].lower(): mount.id for mount in library.mounts()}
    locked = {name.rpartition(":")[2].lower(): identity for identity, name in library.scope.names.items()}
    for word in map(str.lower, words):
        if word in names:
            return f'Not in these pages: {quoted}. Its own documentation is mounted: cartridges=["{names[word]}"].'
        if word in locked:
            command = library.scope.command(locked[word])
            return f"Not in these pages: {quoted}. The project uses it: `{command}` adds its documentation."
    return f"Not in these pages: {quoted}. Answer without it, or ask for documentation that has it: `vrom add NAME`."


def note(ids: Collection[str]) -> str:
    """A note that names these ids, and nothing else: a registry's own descriptions are untrusted."""
    return f"Not mounted here, but a registry lists what may fit: {', '.join(ids)}. `vrom pull ID` adds one."
