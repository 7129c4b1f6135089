"""Other spellings of a term: without accents, with plain letters and digits.

They are a second chance: a cartridge has them apart from the terms as written, so these rank first.
"""

import functools
import unicodedata

from vrom.index.lexical.scripts import is_spaceless

FOLDED = "~"
"""First sign of a folded term in the vocabulary; no word begins with it."""

_LETTERS = str.maketrans(
    {
        **dict(zip("łøđıðħŧƒɓɗɠƙƴ", "lodidhtfbdgky", strict=True)),
        "æ": "ae", "œ": "oe", "þ": "th", "ŋ": "ng", "ĳ": "ij",
        "ى": "ي", "ی": "ي", "ک": "ك", "ة": "ه", "ٱ": "ا", "\u0901": "\u0902", "\u0981": "\u0982",
    }
)  # fmt: skip
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})


@functools.lru_cache(maxsize=4096)
def folded(term: str) -> tuple[str, ...]:
    """Forms of a lower-case term without accents, none if it has no other; German umlauts give two.

    >>> folded("größer")
    ('großer', 'groeßer')
    """
    if term.isascii() or is_spaceless(term):
        return ()
    forms = (_plain(term), _plain(term.translate(_UMLAUTS)))
    return tuple(form for form in dict.fromkeys(forms) if form and form != term)


def _plain(term: str) -> str:
    letters = "".join(sign for sign in unicodedata.normalize("NFKD", term) if not _is_accent(sign))
    plain = unicodedata.normalize("NFC", letters.translate(_LETTERS))
    return "".join(str(unicodedata.decimal(sign, sign)) for sign in plain)


def _is_accent(sign: str) -> bool:
    """True for what may be left out: accents, points of Hebrew and Arabic, dots under letters of India.

    Unicode's combining classes tell them from vowel signs and from the marks of kana, which make another word.
    """
    kind = unicodedata.combining(sign)
    return kind in (1, 7) or 10 <= kind <= 36 or kind >= 200
