"""Displayed text of headings, and the title of a document."""

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vrom.builder.markdown.blocks import Page

_ANCHOR = re.compile(r"\[\[[^\]]*\]\]|\[\]\(\)|\s*\{\s*[:#.][^}]*\}\s*$|\[?¶\]?(?:\([^)]*\))?\s*$")
_LINK = re.compile(r"!?\[((?:[^\[\]]|\[[^\[\]]*\])*)\](?:\([^()]*\)|\[[^\[\]]*\])")
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_EMPHASIS = re.compile(r"(\*\*|\*|(?<!\w)__(?=\w)|(?<!\w)_(?=\w))(?=\S)([^*]+?)(?<=\S)\1(?!\w)")
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_CODE = re.compile(r"(`+)(.+?)\1")
_HTML_HEADING = re.compile(r"\s*<h([1-6])(?:\s[^<>]*)?>(.*?)</h\1>\s*$", re.IGNORECASE)
LONGEST = 1000
"""Maximum characters of a heading; the rest is ignored, to bound the time of regex matching."""
_FRONT_MATTER_TITLE = re.compile(r"^title\s*[:=]\s*(.+?)\s*$", re.MULTILINE)


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


def title_of(page: "Page") -> str:
    """The document's title: from its front matter, else its first heading; empty if it has neither.

    A first heading below level 1 counts only as the first block: further down it belongs to a section.
    """
    stated = _FRONT_MATTER_TITLE.search(page.front_matter)
    if stated and (title := plain_heading(stated[1].strip("\"'"))):
        return title
    blocks = [block for block in page.blocks if block.kind != "dropped"]
    first = next((block for block in blocks if block.kind == "heading" and block.text), None)
    return first.text if first and (first.level == 1 or first is blocks[0]) else ""
