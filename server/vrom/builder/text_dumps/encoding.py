"""Repair broken encoding: UTF-8 that was decoded as Windows-1252 or -1254 (`â€™` for `’`)."""

import re
from itertools import islice

_LATIN = "\u0080-\u00ff€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸĞğİıŞş"
_BROKEN = re.compile(rf"[\u00c2-\u00f4ğ](?:[\u0080-\u00bf]|[^\u0000-\u00ff][{_LATIN}])")
"""The first two bytes of a UTF-8 character, shown as characters of a Windows code page; doesn't match `é”`."""

_FEWEST = 3
_RUN = re.compile(rf"[{_LATIN}]{{2,}}")
_LOST = "\N{REPLACEMENT CHARACTER}"


def has_broken_encoding(text: str) -> bool:
    """True if a text has at least `_FEWEST` such sequences."""
    return sum(1 for _ in islice(_BROKEN.finditer(text), _FEWEST)) == _FEWEST


def repair_encoding(text: str) -> str:
    """The repaired text, with a replacement character where bytes were lost.

    Raises `ImportError` if ftfy isn't installed.
    """
    import ftfy

    repaired = ftfy.fix_text(
        text,
        unescape_html=False,
        uncurl_quotes=False,
        fix_latin_ligatures=False,
        fix_character_width=False,
        fix_line_breaks=False,
        normalization=None,
    )
    return _RUN.sub(_repair_run, repaired)


def _repair_run(run: re.Match[str]) -> str:
    """Repair a run that ftfy leaves because of missing bytes (a code page lacks some): keep the intact characters."""
    if not _BROKEN.search(run[0]):
        return run[0]
    decoded = b"".join(map(_encode_byte, run[0])).decode("utf-8", "replace")
    around = run.string[max(0, run.start() - 1) : run.start()] + run.string[run.end() : run.end() + 1]
    if all(character in _NOT_DECODED for character in decoded) and not _IDEOGRAPH.search(around):
        return run[0]  # genuine letters and punctuation: «été»
    return re.sub(f"{_LOST}+", _LOST, decoded)


_NOT_DECODED = frozenset(map(chr, range(128))) | {_LOST}
_IDEOGRAPH = re.compile(r"[\u2e80-\uffef]")


def _encode_byte(character: str) -> bytes:
    for code_page in ("sloppy-windows-1252", "sloppy-windows-1254"):  # registered by ftfy
        try:
            return character.encode(code_page)
        except UnicodeEncodeError:
            continue
    return b"?"
