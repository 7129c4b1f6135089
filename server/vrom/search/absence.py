"""Words that decide a query and occur nowhere in what was searched: then its answer isn't in these pages.

Calibrated on 50 questions to five libraries about what these don't document, as written and in lower case, and on the
118 answerable ones of the evaluation and 126 to version pairs of twelve libraries; `benchmarks/absence.py` measures it.
"""

import difflib
import re
from collections.abc import Callable, Sequence

from vrom.index.tokenizer import compounds, terms_of
from vrom.search.features import term_rarity
from vrom.search.hits import Hit
from vrom.search.query import FUNCTION_TERMS, Query, TermWeights
from vrom.search.shelf import Shelf

CountPieces = Callable[[str], int]
"""Number of pieces that a model's tokenizer cuts a word into: rare words and names have several."""

MOST_NAMED = 3
_LOOKED_THROUGH = 3
MOST_TERMS = 30
"""Terms of a query that asks something; longer ones are pasted text, in which a strange word decides nothing."""
SMALL = 60
"""Chunks of a collection too small for a missing word of everyday language to say anything."""
KNOWN_IF_ANY = 0.60
"""Share of the query's weight in known words below which any unknown word decides."""
KNOWN_IF_NAME = 0.80
"""The same for an unknown name."""
SURE_TYPO = 0.86
"""Similarity from which on an unknown term is a typo of a known one, rather than another word."""

_LETTERS = re.compile(r"[^\W\d_]{2}|[^\W\d_\x00-\x7f]")
_HUMP = re.compile(r"[^\W\d_][A-Z]|[a-z]\.[a-z]")
_ENDING = re.compile(r"(?:ly|ness|ing|ed|es|s|er|able|ation|ment|ous|ize|ise|al)$")


def find_absent(
    cartridges: Sequence[Shelf], query: Query, weights: TermWeights, count_pieces: CountPieces | None = None
) -> list[str]:
    """Find the words, as written, that decide the query and are in none of the cartridges; at most `MOST_NAMED`.

    Without `count_pieces`, only words written with capitals are taken for names.
    """
    size = sum(cartridge.size for cartridge in cartridges)
    strangers = {term for term in weights.strangers if not _is_typo(term, weights.read_as.get(term, ""))}
    if not strangers or not size or len(query.terms) > MOST_TERMS:
        return []
    frequencies = [sum(c.lexical.document_frequency(term) for c in cartridges) for term in query.terms]
    weight = sum(term_rarity(count, size) for count in frequencies if count)
    known = weight / (weight + len(strangers) * term_rarity(0, size))
    whole, parts = _absent_words(query.written, strangers)
    names = [word for at, word in whole if _is_name(word, at, count_pieces)] if known < KNOWN_IF_NAME else []
    if names:
        return names[:MOST_NAMED]
    is_strange = not known and not any(map(str.isascii, query.written))
    if known < KNOWN_IF_ANY and (size >= SMALL or is_strange):
        return [word for _, word in (whole or parts)][:MOST_NAMED]
    return []


def read_as_note(query: Query, weights: TermWeights, hits: Sequence[Hit]) -> str:
    """Note on the words that were read as others, which the best hits hold; empty if there are none."""
    read = []
    for term, meant in weights.read_as.items():
        word = next((word for word in query.written if term in terms_of(word)), term)
        written = _find_written(meant, hits) if _is_typo(term, meant) else ""
        if written:
            read.append(f"{word!r} as {written!r}")
    return f"Read {', '.join(dict.fromkeys(read))}." if read else ""


def _find_written(term: str, hits: Sequence[Hit]) -> str:
    """The first word of the best hits that has a term; empty if none has."""
    for hit in hits[:_LOOKED_THROUGH]:
        for word in compounds(hit.cartridge.chunk(hit.chunk_id).text):
            if term in terms_of(word):
                return word
    return ""


def _is_typo(term: str, meant: str) -> bool:
    """True if a term is surely meant for another one, rather than a word of its own."""
    return bool(meant) and difflib.SequenceMatcher(None, term, meant).ratio() >= SURE_TYPO


def _absent_words(written: Sequence[str], strangers: set[str]) -> tuple[list[tuple[int, str]], list[tuple[int, str]]]:
    """Words of which no part is known, and compounds like `GraphQL` of which only parts are, each with its place."""
    whole, parts = [], []
    for at, word in enumerate(written):
        terms = terms_of(word)
        if (
            "/" in word
            or not _LETTERS.search(word)
            or 2 * sum(map(str.isdigit, word)) > len(word)
            or FUNCTION_TERMS.issuperset(terms)
        ):
            continue
        if strangers.issuperset(terms):
            whole.append((at, word))
        elif terms[0] in strangers and _HUMP.search(word):
            parts.append((at, word))
    return whole, parts


def _is_name(word: str, at: int, count_pieces: CountPieces | None) -> bool:
    """True for a word with a capital within a sentence or within itself, and for one that is no everyday word."""
    if (at > 0 and word[0].isupper()) or any(map(str.isupper, word[1:])):
        return True
    if count_pieces is None or not word.isascii():  # models know few words of other scripts
        return False
    stems = {word.lower(), _ENDING.sub("", word.lower())}
    return all(count_pieces(stem) > 1 for stem in stems if len(stem) > 2)
