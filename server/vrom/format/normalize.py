"""Unicode normalization in time proportional to the text."""

import functools
import re
import unicodedata

LONGEST_RUN = 30
"""Maximum length of a run of combining marks: the Stream-Safe Text Format of Unicode (UAX #15, section 13)."""

_MAY_HOLD_RUN = re.compile(f"[\u0300-\U0010ffff]{{{LONGEST_RUN + 1},}}")


def nfkc(text: str) -> str:
    """Normalize a text to NFKC; of each run of combining marks only the first 30 are kept.

    Normalization sorts a run by insertion, in time quadratic in its length, while it holds the interpreter.
    """
    if text.isascii():
        return text
    return unicodedata.normalize("NFKC", _MAY_HOLD_RUN.sub(_shortened, text))


def _shortened(match: re.Match[str]) -> str:
    return _long_run().sub(lambda run: run[0][:LONGEST_RUN], match[0])


@functools.cache
def _long_run() -> re.Pattern[str]:
    """Pattern of a run that is too long, made in 30 ms when a text first may hold one."""
    marks = "".join(chr(code) for code in range(0x300, 0x20000) if _begins_with_mark(chr(code)))
    return re.compile(f"[{re.escape(marks)}]{{{LONGEST_RUN + 1},}}")


def _begins_with_mark(character: str) -> bool:
    """True if the decomposition of a character begins with one that is sorted among its neighbours."""
    return unicodedata.combining(unicodedata.normalize("NFKD", character)[0]) != 0
