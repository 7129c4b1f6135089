"""Parsed queries: terms, pairs of neighbouring words, and the text to embed."""

import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from vrom.index.tokenizer import SIGNS, compounds, terms_of
from vrom.search.pasted_error import find_error

MAX_CHARACTERS = 4_000
"""Characters of a query that are read: more than any model accepts, and enough for a long error message."""
LONGEST = 200_000
"""Characters of pasted output that are looked through for the error."""
MAX_TERMS = 64
"""Largest number of distinct terms that are looked up: more add little, and each costs time."""

_FUNCTION_WORDS = (
    "a about after all am an and any are as at be been before being both but by can could did do does doing done for "
    "from get had has have having how i if in into is it its just like may me might more most must my need no nor not "
    "of off on once only or other our out over own please same shall should so some such than that the their them then "
    "there these they this those through to too under up us very was way we were what when where which while who why "
    "will with would you your"
)
FUNCTION_TERMS = frozenset(term for word in _FUNCTION_WORDS.split() for term in terms_of(word))
"""Terms without meaning of their own: a small cartridge may lack even "how"."""


_CODE = re.compile(r"\w[_.=(:/]+\w|\w\(|\w_|_\w|^-|[a-z0-9][A-Z]|^[^\w]+$")


def _is_code(word: str) -> bool:
    """True for what prose doesn't contain: names with an underscore, a dot or mixed case, calls, options, signs."""
    return bool(_CODE.search(word))


@dataclass(frozen=True)
class Query:
    """Query, parsed once for all cartridges."""

    text: str
    """Text to embed."""
    terms: Sequence[str]
    """Distinct terms in order of occurrence."""
    pairs: Sequence[tuple[str, str]]
    """First terms of neighbouring words, each pair once. Pairs of function words ("how do") are left out."""
    written: Sequence[str]
    """Words in order, as written."""
    words: frozenset[str]
    """Words as written, in lower case, for comparison with names."""
    was_cut: bool
    """True if more than `MAX_CHARACTERS` were left of the query, or it was longer than `LONGEST`."""

    @property
    def is_lookup(self) -> bool:
        """True if the query looks a name up: one word, or code for at least every second word."""
        words = self.text.split()
        return len(words) < 2 or 2 * sum(map(_is_code, words)) >= len(words)


@dataclass(frozen=True)
class TermWeights:
    """Inverse document frequencies of the query's terms, normalised to sum 1, and of its pairs, on the same scale."""

    terms: Mapping[str, float]
    pairs: Mapping[tuple[str, str], float]
    known: float
    """Share of the query's total weight that terms in these cartridges have."""
    strangers: Sequence[str] = ()
    """Terms that none of these cartridges has; function words aside."""
    read_as: Mapping[str, str] = field(default_factory=dict)
    """The known terms that are searched instead of some of these."""


def read_query(query: str) -> Query:
    """Parse a query. Of pasted output only the error is kept: the frames name the user's files, not the topic."""
    text, was_cut = find_error(query[:LONGEST].strip(), MAX_CHARACTERS)
    words = compounds(text)
    read = [terms for word in words if (terms := terms_of(word))]
    heads = [terms[0] for terms in read if terms[0] not in SIGNS]
    return Query(
        text=text,
        terms=list(dict.fromkeys(term for terms in read for term in terms)),
        pairs=[pair for pair in dict.fromkeys(itertools.pairwise(heads)) if not FUNCTION_TERMS.issuperset(pair)],
        written=words,
        words=frozenset(word.lower() for word in words),
        was_cut=was_cut or len(query) > LONGEST,
    )
