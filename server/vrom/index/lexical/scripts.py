r"""Scripts: which signs make a word, and how text without spaces between its words is cut.

Vowel signs and accents that have no letter of their own are marks (Unicode's category M), which `\w` leaves out. Thai,
Lao, Khmer and Burmese are written without spaces, as Chinese is, but a sign of theirs is a letter with its marks.
"""

import functools
import re
import unicodedata

CJK = (
    "\u1100-\u11ff\u2e80-\u2fdf\u3005-\u3007\u3021-\u302f\u3031-\u303c\u3041-\u309f\u30a1-\u30fa\u30fc-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\uff66-\uff9f\U0001b000-\U0001b16f"
    "\U00020000-\U0003ffff"
)
"""Chinese, Japanese and Korean signs, without punctuation."""
_MARKS = (
    "\u0e30-\u0e3a\u0e45\u0e47-\u0e4e\u0eb0-\u0ebc\u0ec8-\u0ece\u102b-\u103e\u1056-\u1059\u105e-\u1060\u1062-\u1064"
    "\u1067-\u106d\u1071-\u1074\u1082-\u108d\u108f\u109a-\u109d\u17b4-\u17d3\u17dd\ua9e5\uaa7b-\uaa7d"
)
"""Marks and following vowels of Thai, Lao, Burmese and Khmer."""
_SYLLABLES = (
    "\u0e01-\u0e3a\u0e40-\u0e4e\u0e81-\u0ebd\u0ec0-\u0ece\u0edc-\u0edf\u1000-\u103f\u1050-\u109d\u1780-\u17d3\u17d7"
    "\u17dc\u17dd\ua9e0-\ua9ef\ua9fa-\ua9fe\uaa60-\uaa7f"
)
SPACELESS = CJK + _SYLLABLES
"""Letters and marks of the scripts that are cut into pairs of signs."""

_IS_SPACELESS = re.compile(f"[{SPACELESS}]")
_SIGN = re.compile(f"[\u0e40-\u0e44\u0ec0-\u0ec4]*+[^{_MARKS}](?:[\u1039\u17d2].|[{_MARKS}])*+|.", re.DOTALL)
_MAY_HOLD_MARK = re.compile(
    "[\u0300-\u036f\u0483-\u0489\u0591-\u0dff\u0f00-\u0fff\u135d-\u135f\u1700-\u1dff\u200c\u2cef-\u2cf1\u2d7f-\u2dff"
    "\ua66f-\uabff\ufb1e\ufe20-\ufe2f\U00010000-\U0001efff]"
)
_WITH_MARKS = ((0x300, 0x489), (0x591, 0x1DFF), (0x2CEF, 0x2DFF), (0xA66F, 0xABFF), (0xFB1E, 0xFB1E), (0xFE20, 0xFE2F),
               (0x101FD, 0x11FFF), (0x16AF0, 0x16FF1), (0x1E000, 0x1E94A))  # fmt: skip
_INVISIBLE_SIGNS = "\u00ad\u0640\u200d\u2060\ufeff\u200c"
_INVISIBLE = re.compile("[\u00ad\u0640\u200d\u2060\ufeff]|\u200c(?![\u0600-\u06ff])")


def is_spaceless(word: str) -> bool:
    """True if a word begins with a sign of a script without spaces."""
    return bool(_IS_SPACELESS.match(word))


def may_hold_mark(text: str) -> bool:
    """True if a text has signs from blocks with marks, and words in it end where `marks` says."""
    return bool(_MAY_HOLD_MARK.search(text))


@functools.cache
def marks() -> str:
    """Marks as ranges of a regular expression, collected in some ms when a text first may hold one.

    Variation selectors and enclosing marks, as emoji have them, are left out.
    """
    codes = (code for first, last in _WITH_MARKS for code in range(first, last + 1))
    return "".join(chr(code) for code in codes if unicodedata.category(chr(code)) in ("Mn", "Mc"))


def without_invisible(text: str) -> str:
    """A text without soft hyphens, joiners and elongation, which readers don't see and don't type."""
    return _INVISIBLE.sub("", text) if any(sign in text for sign in _INVISIBLE_SIGNS) else text


def signs(run: str) -> list[str]:
    """Signs of text without spaces: each letter with its marks and the vowels written around it.

    >>> signs("ติดตั้ง")
    ['ติ', 'ด', 'ตั้', 'ง']
    """
    return _SIGN.findall(run)
