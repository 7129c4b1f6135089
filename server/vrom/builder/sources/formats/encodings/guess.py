"""Guess the encoding of text that declares none and isn't UTF-8.

Firefox's detector (chardetng) tells from letter pairs. Windows-1252, the superset of Latin-1, is the answer unless
there is strong evidence of another one, so that a page with a single umlaut or curly quote is read right.
"""

import importlib
import re
import unicodedata
from typing import Any

WESTERN = "cp1252"

_PYTHON_NAMES = {"Shift_JIS": "cp932", "EUC-KR": "cp949", "Big5": "big5hkscs", "ISO-8859-8-I": "iso8859_8"}
_OLDER = ("mac_roman", "cp850")
"""Encodings of Western text before Windows, which browsers don't know."""

_PUNCTUATION = frozenset("‚„…‹›‘’“”•–—™ ¡¢£¥§©«®°±²³´µ·¹º»ª¼½¾¿€†‡×÷")
_FEWEST_BYTES_OF_UTF_8, _SHARE_OF_UTF_8 = 4, 0.8
_UTF_8 = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_HIGH = re.compile(rb"[\x80-\xff]")
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")


def guess_encoding(content: bytes) -> str:
    """The most plausible encoding, by Python's name; empty if the content doesn't look like text in any.

    Some bytes may not be of the encoding, if the text was damaged.
    """
    high = len(_HIGH.findall(content))
    if len(_CONTROL.findall(content)) > _MOST_CONTROLS * len(content):
        return ""
    if _is_damaged_utf_8(content, high):
        return "utf-8"
    western = content.decode(WESTERN, "replace")
    plausible = _share_of_western(western)
    detected = _detect(content) or (WESTERN if plausible >= _MOST else "")
    if detected != WESTERN:
        only_punctuation = plausible == 1 and not any(map(_is_letter, western))
        return WESTERN if only_punctuation else detected if _decodes(content, detected, high) else ""
    if plausible >= _LEAST:
        is_latin_9 = "¤" in western and not re.search(rb"[\x80-\x9f]", content)
        return "iso8859-15" if is_latin_9 else WESTERN
    older = max(_OLDER, key=lambda name: _share_of_western(content.decode(name, "replace")))
    if _share_of_western(content.decode(older, "replace")) >= _MOST:
        return older
    return WESTERN if high <= _FEW * len(content) else ""


_MOST, _LEAST = 0.9, 0.5
"""Shares of plausible characters: enough for an encoding, and too few."""
_FEW, _MOST_CONTROLS, _MOST_DAMAGED = 0.05, 0.005, 0.02


def _decodes(content: bytes, encoding: str, high: int) -> bool:
    """True if an encoding decodes all bytes, or all but a few of a longer text."""
    if not encoding:
        return False
    return content.decode(encoding, "replace").count("\N{REPLACEMENT CHARACTER}") <= _MOST_DAMAGED * high


def _detect(content: bytes) -> str:
    """The detector's guess; empty where it isn't installed, as there is no wheel of it for every system."""
    try:
        detector: Any = importlib.import_module("chardetng_py").EncodingDetector()
    except ImportError:
        return ""
    detector.feed(content, last=True)
    name = str(detector.guess(tld=None, allow_utf8=False))
    return _PYTHON_NAMES.get(name, name).lower().replace("windows-", "cp").replace("ibm", "cp")


def _is_damaged_utf_8(content: bytes, high: int) -> bool:
    """True if most bytes beyond ASCII are UTF-8, as in a text that was cut off or joined from two."""
    found = sum(len(match[0]) for match in _UTF_8.finditer(content))
    return found >= _FEWEST_BYTES_OF_UTF_8 and found >= _SHARE_OF_UTF_8 * high


def _share_of_western(text: str) -> float:
    """The share of characters beyond ASCII that are punctuation, or letters where such a letter can be in a word."""
    found = plausible = 0
    before = ""
    for character, after in zip(text, [*text[1:], ""], strict=True):
        if not character.isascii():
            found += 1
            plausible += (_fits if _is_letter(character) else _separates)(before, character, after)
        before = character
    return plausible / found if found else 0.0


def _is_letter(character: str) -> bool:
    return not character.isascii() and character.isalpha() and character not in "ªº"


def _separates(before: str, character: str, after: str) -> bool:
    """True if a character is punctuation of Western text, and not within a word."""
    return character in _PUNCTUATION and (character in "‘’´·–—" or not (before.isalpha() and after.isalpha()))


def _fits(before: str, character: str, after: str) -> bool:
    """True if a letter is a Latin one, next to another letter or alone, and no capital within a word."""
    if not unicodedata.name(character, "").startswith("LATIN"):
        return False
    alone = not before.isalpha() and not after.isalpha()
    beside = (before.isascii() and before.isalpha()) or (after.isascii() and after.isalpha())
    return alone or (beside and not (character.isupper() and before.islower()))
