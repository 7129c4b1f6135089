"""Displayed text of headings."""

import re

_ANCHOR = re.compile(r"\[\[[^\]]*\]\]|\[\]\(\)|\s*\{\s*[:#.][^}]*\}\s*$|\[?¶\]?(?:\([^)]*\))?\s*$")
_LINK = re.compile(r"!?\[((?:[^\[\]]|\[[^\[\]]*\])*)\](?:\([^()]*\)|\[[^\[\]]*\])")
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_EMPHASIS = re.compile(r"(\*\*|\*|(?<!\w)__(?=\w)|(?<!\w)_(?=\w))(?=\S)([^*]+?)(?<=\S)\1(?!\w)")
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_CODE = re.compile(r"(`+)(.+?)\1")
_HTML_HEADING = re.compile(r"\s*<h([1-6])(?:\s[^<>]*)?>(.*?)</h\1>\s*$", re.IGNORECASE)
LONGEST = 1000
"""Maximum characters of a heading; the rest is ignored, to bound the time of regex matching."""


def plain_heading(text: str) -> str:
    """The displayed text of a heading: without anchors, attributes, emphasis, code marks and link targets.

    >>> plain_heading("The `DPOTrainer` [[trl.DPOTrainer]] {#dpo}")
    'The DPOTrainer'
    """
    text = _LINK.sub(r"\1", _ANCHOR.sub("", text[:LONGEST]))
    parts, at = [], 0
    for code in _CODE.finditer(text):  # code contains no markup
        parts += [_without_markup(text[at : code.start()]), code[2]]
        at = code.end()
    return " ".join("".join([*parts, _without_markup(text[at:])]).split())


def _without_markup(text: str) -> str:
    return _ESCAPE.sub(r"\1", _EMPHASIS.sub(r"\2", _TAG.sub("", text)))


def html_heading(line: str) -> tuple[int, str] | None:
    """Level and text of a line that is a single HTML heading, else None."""
    found = _HTML_HEADING.match(line)
    return (int(found[1]), plain_heading(found[2])) if found else None
