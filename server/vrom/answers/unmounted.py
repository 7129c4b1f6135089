"""Which cartridges would answer a question that the mounted ones don't: those that a registry is known to list."""

from collections.abc import Collection, Iterable

from vrom.hub.listings import Listing
from vrom.search.question import FUNCTION_TERMS, read_question
from vrom.search.tokens import tokenize

MOST = 3
SHARED_WORDS = 2
"""Words of a question in a listing's text from which on it fits; a question that names it needs no others."""


def fitting(query: str, listings: Iterable[Listing], mounted: Collection[str]) -> list[str]:
    """Ids of listings that a question is about, best first: it has the whole id, or words of its text and id."""
    question = read_question(query)
    asked = set(question.terms) - FUNCTION_TERMS
    found: list[tuple[bool, int, str]] = []
    for listing in listings:
        name = set(tokenize(listing.id))
        named = bool(name) and name <= asked
        shared = len(asked & (name | set(tokenize(listing.about))))
        if listing.id not in mounted and (named or shared >= SHARED_WORDS):
            found.append((named, shared, listing.id))
    return [listing_id for _, _, listing_id in sorted(found, key=lambda item: (not item[0], -item[1]))[:MOST]]


def note(ids: Collection[str]) -> str:
    """What to tell of them. Only their ids: what a registry says of itself is nobody's documentation."""
    return f"Not mounted here, but a registry lists what may fit: {', '.join(ids)}. `vrom pull ID` adds one."
