"""Terms of a cartridge that a query's term may be written as: other spellings, compounds, and their parts.

German and its neighbours write several words as one: `Zeitüberschreitung` is found in `Verbindungszeitüberschreitung`,
and a compound that isn't there by its parts. English is left alone: there, a word that ends another is another word.
"""

from typing import Protocol

from vrom.index.lexical.folding import FOLDED, folded
from vrom.index.lexical.scripts import is_spaceless, signs
from vrom.index.lexical.vocabulary import Vocabulary
from vrom.index.tokenizer import stem


class Terms(Protocol):
    """Terms of a cartridge."""

    @property
    def vocabulary(self) -> Vocabulary:
        """The terms."""

    @property
    def joins_words(self) -> bool:
        """True if the text is in a language like German, which writes several words as one."""


LONG = 10
"""Letters from which on a word is taken apart, and looked for in longer ones."""
_LONG_WHERE_JOINED = 6
"""The same for looking in longer words where the language is known to join words."""
_SHORTEST_PART = 4
_MOST = 12
"""Compounds and pairs of signs that are searched for one term."""
_LEAD = "ababab"
_LINKS = ("", "s", "es", "n", "en", "er", "e")
"""What joins the parts of a compound."""


def other_spellings(lexical: Terms, term: str) -> list[str]:
    """Terms that differ from this one by accents only; for a single sign without spaces, the pairs with it."""
    if term.isascii():
        return [FOLDED + term] if _is_known(lexical, FOLDED + term) else []
    if is_spaceless(term):
        return lexical.vocabulary.beginning_or_ending(term, _MOST) if len(signs(term)) == 1 else []
    plain = [stem(form) for form in folded(term)]
    return [form for form in (*plain, *(FOLDED + form for form in plain or [term])) if _is_known(lexical, form)]


def compounds_and_parts(lexical: Terms, term: str) -> list[str]:
    """Compounds that begin or end with a long word that is unknown, or else the known parts of it."""
    if len(term) < _LONG_WHERE_JOINED or not term.isalpha() or is_spaceless(term):
        return []
    joins, is_long = lexical.joins_words, len(term) >= LONG
    longer = joins or (is_long and not term.isascii())
    forms = dict.fromkeys((term, _stem_at_the_end(term))) if longer else {}
    found = [other for form in forms for other in lexical.vocabulary.beginning_or_ending(form, _MOST)]
    found = [other for other in found if not other.startswith(FOLDED)] or found
    return list(dict.fromkeys(found))[:_MOST] or (_parts(lexical, term) if joins and is_long else [])


def _stem_at_the_end(term: str) -> str:
    """A term as it ends the stem of a compound: the longer a word, the more of its endings are cut off."""
    return stem(_LEAD + term).removeprefix(_LEAD)


def _is_known(lexical: Terms, term: str) -> bool:
    return lexical.vocabulary.find(term) >= 0


def _parts(lexical: Terms, term: str, depth: int = 3) -> list[str]:
    """Known words that a term is made of, the last one as long as can be; none if some part is unknown."""
    for cut in range(_SHORTEST_PART, len(term) - _SHORTEST_PART + 1):
        head, tail = term[:cut], _known_form(lexical, term[cut:])
        if not tail:
            continue
        if first := _known_first(lexical, head):
            return [first, tail]
        if depth > 2 and (parts := _parts(lexical, head, depth - 1)):
            return [*parts, tail]
    return []


def _known_first(lexical: Terms, head: str) -> str:
    """The known word that begins a compound, without what joins it to the next; empty if there is none."""
    for link in _LINKS:
        word = head[: len(head) - len(link)]
        if head.endswith(link) and len(word) >= _SHORTEST_PART and (known := _known_form(lexical, word)):
            return known
    return ""


def _known_form(lexical: Terms, word: str) -> str:
    """A word, or its stem, if it is in the vocabulary; else empty."""
    return next((form for form in (word, stem(word)) if _is_known(lexical, form)), "")
