"""Headings and anchors: which lines are headings, what text a heading displays, and how headings are compared.

Two readers strip anchors from a heading, on purpose. `displayed_heading` parses inline markup and is for documents that
the builder reads. `heading_text` only removes anchors and is for lines of packages, whose outlines and excerpts are
compared with what their own builder wrote.
"""

import html
import re
from typing import NamedTuple

from vrom.markdown.normalize import nfkc

LONGEST = 1000
"""Maximum characters of a heading; the rest is ignored, to bound the time of regex matching on untrusted text."""

_HEADING = re.compile(r" {0,3}(?P<marks>#{1,6})\s+(?P<text>.*)")
_HEADING_OR_BARE_MARKS = re.compile(r" {0,3}#{1,6}(\s|$)")
_MARKS_AND_SPACE = re.compile(r"#{1,6} ")
_MARKS_AROUND = re.compile(r"^#{1,6}|\s#+$")


class HeadingLine(NamedTuple):
    """A line with a heading: its level, 1 to 6, and the text after its `#` marks, as written."""

    level: int
    text: str


def read_heading(line: str, *, indented: bool = True) -> HeadingLine | None:
    """The heading on a line outside code; None if there is none.

    CommonMark allows up to three spaces before the marks. `indented=False` doesn't, for the outline of a package by
    another builder: there an indented `#` is more often a comment in code, whose fence is in another chunk.
    """
    match = _HEADING.match(line)
    if match is None or (line.startswith(" ") and not indented):
        return None
    return HeadingLine(len(match["marks"]), match["text"])


def begins_section(line: str) -> bool:
    """Return true if a text may be cut before this line: `read_heading`, and `#` marks without text, too."""
    return _HEADING_OR_BARE_MARKS.match(line) is not None


def begins_with_marks(line: str) -> bool:
    """Return true if a line of a text dump begins with `#` marks and a space: a heading, or a comment in code."""
    return _MARKS_AND_SPACE.match(line) is not None


def strip_marks(line: str) -> str:
    """The text of a heading's line without the `#` marks around it."""
    return _MARKS_AROUND.sub("", line.strip())


_ANCHOR = re.compile(r"\[\[.*?\]\]|\{#.*?\}|<a\b.*?</a>")


def heading_text(text: str) -> str:
    """Text of a heading of a package, from the text after its marks: without closing marks and anchors."""
    return _ANCHOR.sub("", text[:LONGEST].rstrip().rstrip("#")).strip()


def strip_reference(text: str) -> str:
    """A heading's text without the reference at its end, `[[trl.Trainer]]`; other anchors stay."""
    return text.partition("[[")[0] if text.endswith("]]") else text


def slug(heading: str) -> str:
    """A heading as its letters and digits alone: what an anchor, a title and what a person types have in common.

    >>> slug("Loss Types") == slug("#loss-types") == "losstypes"
    True
    """
    return "".join(re.findall(r"[^\W_]+", nfkc(heading).casefold()))


_DISPLAYED_ANCHOR = re.compile(
    r"\[\[[^\]]*\]\]|(?<!\!)\[\]\([^()]*\)|\s*\{\s*:?\s*(?:[#.]|[\w-]+=)[^{}]*\}\s*$|\[?¶\]?(?:\([^)]*\))?\s*$"
)
_COMMENT = re.compile(r"\{/\*.*?\*/\}|<!--.*?-->|\{%.*?%\}|\{\{[<%].*?[>%]\}\}")
_TARGET = r"(?:\((?:[^()]|\([^()]*\))*\)|\[[^\[\]]*\])"
_IMAGE = re.compile(rf"!\[((?:[^\[\]]|\[[^\[\]]*\])*)\]{_TARGET}")
_LINK = re.compile(rf"(?<!\w)\[((?:[^\[\]]|\[[^\[\]]*\])*)\]{_TARGET}")
_AUTOLINK = re.compile(r"<([a-z][a-z0-9+.-]*:[^\s<>]+)>")
_TAG = re.compile(r"</?([A-Za-z][\w.-]*)([^<>]*)>")
_HTML_TAGS = {"a", "abbr", "b", "bdi", "bdo", "big", "br", "center", "cite", "code", "data", "del", "dfn", "div"}
_HTML_TAGS |= {"em", "font", "i", "img", "ins", "kbd", "label", "mark", "p", "q", "s", "samp", "section", "small"}
_HTML_TAGS |= {"span", "strike", "strong", "sub", "sup", "svg", "time", "tt", "u", "var", "wbr"}
_EMPHASIS = re.compile(r"(\*\*|\*|(?<!\w)__(?=\w)|(?<!\w)_(?=\w))(?=\S)([^*]+?)(?<=\S)\1(?!\w)")
_DUNDER = re.compile(r"(?<!\w)__[a-z][a-z0-9_]*__(?!\w)")
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_CODE = re.compile(r"(`+)(.+?)\1")
_HTML_HEADING = re.compile(r"\s*<h([1-6])(?:\s[^<>]*)?>(.*?)</h\1>\s*$", re.IGNORECASE | re.DOTALL)
_LITERAL = 0xF0000
"""First of the characters, for private use, that literal parts of a heading are replaced by while it is parsed."""
_LITERAL_MARK = re.compile(f"[{chr(_LITERAL)}-{chr(_LITERAL + LONGEST)}]")


def displayed_heading(text: str) -> str:
    r"""The displayed text of a heading: without anchors, attributes, emphasis, code marks, link targets and images.

    An image's text is taken where a heading is nothing else.

    >>> displayed_heading("The `DPOTrainer` [[trl.DPOTrainer]] {#dpo}")
    'The DPOTrainer'
    >>> displayed_heading(r"A `Vec<T>` of List[int] and \*args [![ci](ci.svg)](ci)")
    'A Vec<T> of List[int] and *args'
    """
    literals: list[str] = []

    def keep(shown: str) -> str:
        literals.append(shown)
        return chr(_LITERAL + len(literals) - 1)

    text = _LITERAL_MARK.sub("", text[:LONGEST])
    text = _COMMENT.sub("", text)
    text = _CODE.sub(lambda code: keep(code[2]), text)  # code contains no markup
    text = _ESCAPE.sub(lambda escape: keep(escape[1]), text)
    text = _DUNDER.sub(lambda name: keep(name[0]), text)
    shown = _strip_markup(_IMAGE.sub("", text)) or _strip_markup(_IMAGE.sub(r"\1", text))
    return " ".join(_LITERAL_MARK.sub(lambda mark: literals[ord(mark[0]) - _LITERAL], shown).split())


def _strip_markup(text: str) -> str:
    text = _LINK.sub(r"\1", _DISPLAYED_ANCHOR.sub("", text))
    closed = {tag[1] for tag in _TAG.finditer(text) if tag[0].startswith("</")}
    text = _TAG.sub(
        lambda tag: " " if tag[1].lower() == "br" else "" if _is_markup(tag, closed) else tag[0],
        _AUTOLINK.sub(r"\1", text),
    )
    return html.unescape(_EMPHASIS.sub(r"\2", _DISPLAYED_ANCHOR.sub("", text))).strip()


def _is_markup(tag: re.Match[str], closed: set[str]) -> bool:
    """True for a tag of HTML or a component; false for a type's parameter, `Vec<T>`, and a placeholder, `<name>`."""
    if tag[0].startswith("</") or tag[1] in closed or "=" in tag[2] or tag[2].rstrip().endswith("/"):
        return True
    after_word = tag.start() > 0 and tag.string[tag.start() - 1].isalnum()
    return tag[1].lower() in _HTML_TAGS and not tag[2] and (not after_word or tag[1].lower() in ("br", "wbr"))


def read_html_heading(line: str) -> HeadingLine | None:
    """The level and displayed text of a line that is a single HTML heading; None for other lines."""
    found = _HTML_HEADING.match(line)
    return HeadingLine(int(found[1]), displayed_heading(found[2])) if found else None
