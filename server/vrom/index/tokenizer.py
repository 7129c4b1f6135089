"""Tokenizer: words are stemmed, identifiers indexed whole and by part.

A developer searches for `DPOTrainer`, `trl.DPOTrainer`, `dpo_trainer` or "the DPO trainer", and types `--no-cache`
where the document has `no_cache`. So a compound (joined by `_ - . : /`, or camel case) gives each of its parts, and
each dotted segment as a whole without its joints: `ref_log_probs` → `reflogprob ref log prob`. Runs of signs that
languages have as operators are terms, `|>`, and so is a name with its dollar, `$ref`. Marks belong to the word before
them, and text without spaces between its words gives pairs of signs.
"""

import functools
import itertools
import re
import threading
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

import Stemmer

from vrom.index.lexical.scripts import SPACELESS, is_spaceless, marks, may_hold_mark, signs, without_invisible
from vrom.markdown.normalize import nfkc

_OPERATORS = (
    "|> <| :: => -> <- := ?? ?. && || <=> == === != !== <= >= += -= *= /= |= &= ^= << >> >>> .. ... ..= ~= =~ !~ @@ %% "
    "?: !! <> >>= =<< <*> ??= ||= &&="
)
SIGNS = frozenset(_OPERATORS.split())
"""Runs of signs that are terms: operators; what Markdown is made of isn't among them."""
SIGN = "!%&*+\\-./:<=>?@^|~#"
"""Characters of runs of signs, for a character class."""
_RUN = rf"(?<![{SIGN}])[{SIGN}]{{2,3}}(?![{SIGN}])"
_SEGMENT = re.compile(r"[.:/]+")
_JOINT = re.compile(r"[_\-'’\u200c]+")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z]{2})")

_SIGN_FIRST = frozenset(SIGN.replace("\\", ""))

_STEMMER = Stemmer.Stemmer("english", 0)  # no cache: `terms_of` has one
_STEMMER_IN_USE = threading.Lock()  # a stemmer is not thread-safe

MAX_TERM = 64
"""Longest term in characters: longer ones are data (hashes, base64), not words, and are truncated."""
_LONGEST_RUN = 4096
"""Characters of a run without spaces that are indexed."""


def _compound(marks: str = "") -> re.Pattern[str]:
    letter = rf"[^\W{SPACELESS}]"
    inside = f"{letter}|[{marks}]" if marks else letter
    word = rf"{letter}(?:{inside}|[.\-:/'’\u200c](?={letter}))*+(?:\+\+|#(?!\w))?"
    dollar = rf"(?<![\w$])\$(?=[^\W\d{SPACELESS}])"
    return re.compile(rf"[{SPACELESS}]+|(?:{dollar})?{word}|{_RUN}")


_COMPOUND = _compound()
_compound_with_marks = functools.cache(lambda: _compound(marks()))


def tokenize(text: str) -> list[str]:
    """Terms of a text in reading order; a compound gives several.

    >>> tokenize("trl.DPOTrainer(beta=0.1)")
    ['trl', 'dpotrain', 'dpo', 'trainer', 'beta', '0.1']
    """
    terms: list[str] = []
    for compound in compounds(text):
        terms.extend(terms_of(compound))
    return terms


def compounds(text: str) -> list[str]:
    """Words of a text as written, compounds whole."""
    text = normalized(text)
    found: list[str] = (_compound_with_marks() if may_hold_mark(text) else _COMPOUND).findall(text)
    return [word for word in found if word[0] not in _SIGN_FIRST or word in SIGNS]


def normalized(text: str) -> str:
    """A text in the form in which its words are compared, but for case."""
    return text if text.isascii() else nfkc(without_invisible(text))


@lru_cache(maxsize=65_536)
def terms_of(compound: str) -> tuple[str, ...]:
    """Terms of one compound: each segment whole, then its parts if it has several."""
    return tuple(stem(word)[:MAX_TERM] for word in _parts(compound))


def terms_of_each(compounds: Sequence[str]) -> Iterator[list[str]]:
    """Terms of several compounds, stemmed together."""
    parts = [_parts(compound) for compound in compounds]
    words = list({word for of_one in parts for word in of_one if _has_stem(word)})
    with _STEMMER_IN_USE:
        stems = dict(zip(words, _STEMMER.stemWords(words), strict=True))
    return ([stems.get(word, word)[:MAX_TERM] for word in of_one] for of_one in parts)


def _parts(compound: str) -> Sequence[str]:
    """Unstemmed terms of one compound."""
    if is_spaceless(compound):
        return _pairs(signs(compound[:_LONGEST_RUN]))
    compound = compound[: 4 * MAX_TERM]
    if compound in SIGNS:
        return (compound,)
    if compound.startswith("$"):
        return (*_parts(compound[1:]), compound.lower())
    if compound.isalpha() and compound.isascii() and (compound.islower() or compound[1:].islower()):
        return (compound.lower(),)  # a single part, as for most words
    if compound.replace(".", "").isdigit():
        return (compound,)
    words: list[str] = []
    for segment in filter(None, _SEGMENT.split(compound)):
        parts = [part for piece in _JOINT.split(segment) for part in _HUMP.split(piece) if part]
        if len(parts) > 1:
            words.append(_lower("".join(parts)))
        words.extend(_lower(part) for part in parts if len(parts) == 1 or len(part) > 1)
    return words


def stem(word: str) -> str:
    """Stem of a lower-case English word (Snowball's Porter 2); other tokens than ASCII letters are returned unchanged.

    Words of other languages are unchanged as well: English rules would mutilate them.
    """
    if not _has_stem(word):
        return word
    with _STEMMER_IN_USE:
        return str(_STEMMER.stemWord(word))


def _has_stem(word: str) -> bool:
    return len(word) >= 4 and word.isascii() and word.isalpha()


def _lower(word: str) -> str:
    """A word without its case: `ß` is `ss`, all forms of sigma are one, Turkish `İ` is `i`."""
    if word.isascii():
        return word.lower()
    return nfkc(word.casefold()).replace("i\u0307", "i")


def _pairs(signs: Sequence[str]) -> tuple[str, ...]:
    """Pairs of neighbouring signs of text that has no spaces (or, as Korean, inflects within them)."""
    return tuple(map("".join, itertools.pairwise(signs))) if len(signs) > 1 else tuple(signs)


def vocabulary_terms(words: Iterable[str]) -> frozenset[str]:
    """Terms of several words as a set."""
    return frozenset(term for word in words for term in tokenize(word))
