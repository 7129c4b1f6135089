"""Cartridges that are not mounted, are listed by a known registry, and fit a query."""

from collections.abc import Collection, Iterable

from vrom.library.match import fits
from vrom.registry.stored_listings import Listing

MOST = 3
SHARED_WORDS = 2
"""Words of a question in a listing's text from which on it fits; a question that names it needs no others."""


def fitting(query: str, listings: Iterable[Listing], mounted: Collection[str]) -> list[str]:
    """Ids of listings that a question is about, best first: it has the whole id, or words of its text and id."""
    unmounted = [listing for listing in listings if listing.id not in mounted]
    judged = zip(fits(query, unmounted), unmounted, strict=True)
    enough = [(fit, listing.id) for fit, listing in judged if fit.is_named or fit.shared >= SHARED_WORDS]
    return [listing_id for _, listing_id in sorted(enough, key=lambda item: item[0], reverse=True)[:MOST]]


def note(ids: Collection[str]) -> str:
    """A note that names these ids, and nothing else: a registry's own descriptions are untrusted."""
    return f"Not mounted here, but a registry lists what may fit: {', '.join(ids)}. `vrom pull ID` adds one."
