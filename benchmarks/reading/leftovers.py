"""What no reader of a page should see in a passage: markup that wasn't read, and parts of a site's frame."""

import re
from collections import Counter
from collections.abc import Iterator

_LINES = re.MULTILINE | re.IGNORECASE
_NEIGHBOUR = r"\[?(?:prev(?:ious)?|next|up|home|index|contents)(?:\]\([^)]*\))?"

KINDS: dict[str, re.Pattern[str]] = {
    "template tag": re.compile(r"\{%-?\s*\w.*?%\}|\{\{[<%]?\s*[\w./]+[^{}\n]*\}\}"),
    "include marker": re.compile(
        r"\{!>?.*?!\}|^\s*\{\*\s.*\*\}|--8<--|\{\{#(?:rustdoc_)?include|^<<<\s*@|^include::\S|^@include\b", re.MULTILINE
    ),
    "directive": re.compile(
        r"^\s*\.\.\s+[\w:.+-]+::|^\s*:{3,}[ \t]*(?:\{|\w)|^\s*(?:!!!|\?\?\?\+?|===[!+]?)\s+[\w\"]|^\s*///\s+\w|"
        r"^\s*[`~:]{3,}\s*\{[\w:-]+\}",
        re.MULTILINE,
    ),
    "role": re.compile(r":[\w.+-]+(?::[\w.+-]+)*:`|\{[\w:.+-]+\}`"),
    "front matter": re.compile(r"\A---\n\w+:\s"),
    "import or export": re.compile(
        r"^(?:import\s+[\w{*].*\sfrom\s+['\"].+|export\s+(?:const|default)\s.*)$", re.MULTILINE
    ),
    "permalink": re.compile(
        r"¶|\[(?:#|§|🔗|\u200b)\]\(|\]\([^()\s]*\s+\"(?:Permalink|Permanent link|Link to)[^\"]*\"\)"
    ),
    "anchor attribute": re.compile(r"\{\s*[#.][\w-]+[^{}\n]*\}\s*$|^\(\S+\)=\s*$", re.MULTILINE),
    "frame of the site": re.compile(
        r"^[^\w#\n]*(?:Edit (?:this page|on \w+)|View (?:page )?source|Skip to (?:main )?content|On this page|"
        r"Copy(?: page)?|Copied!?|Was this (?:page )?helpful.*|Table of contents|Back to top|Previous topic|Next topic|"
        r"Quick search|Show source|Report a bug|Expand description|Run this code)[^\w\n]*$",
        _LINES,
    ),
    "previous or next": re.compile(
        rf"^[^\w#\n|]*\[?(?:prev(?:ious)?|next|«|»)(?:\]\([^)]*\))?(?:[\s|·»«←→]*{_NEIGHBOUR})*[^\w\n]*$", _LINES
    ),
    "HTML tag": re.compile(
        r"</?(?:a|b|i|p|em|div|span|strong|img|font|center|article|ul|ol|li|dl|dt|dd|h[1-6]|pre|code|button|svg|script|"
        r"style|iframe|video|picture|figure|figcaption|nav|header|footer|aside)(?:\s[^<>]*)?/?>"
    ),
    "component tag": re.compile(r"<[A-Z]\w*(?:\.\w+)?\s+\w+=[^<>]*>|</[A-Z]\w*(?:\.\w+)?>|<[A-Z][a-z]\w*\s*/>"),
    "data URL": re.compile(r"data:[a-z]+/[a-z0-9.+-]+[;,]", re.IGNORECASE),
    "long link": re.compile(r"\]\([^()\s]{300,}\)"),
    "comment": re.compile(r"<!--.*?-->", re.DOTALL),
    "macro": re.compile(r"^\.(?:SH|SS|PP|TP|IP|nf|fi|B|I|BR|RS|RE)\b|\\f[BIRP]", re.MULTILINE),
}
"""Kinds of leftovers, and how they look outside code."""

_FENCED = re.compile(
    r"^[ \t>]*(?:[-*+]\s+|\d+[.)]\s+)?(?P<mark>`{3,}|~{3,})[^\n]*\n.*?(?:^[ \t>]*(?P=mark)[`~]*\s*$|\Z)",
    re.DOTALL | re.MULTILINE,
)
_INDENTED = re.compile(r"^(?: {4}|\t).*$", re.MULTILINE)
_INLINE = re.compile(r"(?<!`)(`+)(?!`)(.*?)(?<!`)\1(?!`)", re.DOTALL)
_KEPT_TABLE = re.compile(r"<table[\s>].*?</table>", re.DOTALL | re.IGNORECASE)


def find_leftovers(text: str) -> Iterator[tuple[str, str]]:
    """`(kind, what it is)` of each leftover in a chunk's text."""
    shown = _prose_of(text)
    for kind, pattern in KINDS.items():
        for found in pattern.finditer(shown):
            yield kind, found[0].strip()[:120]


def count_kinds(found: list[tuple[str, str]]) -> Counter[str]:
    """The number of leftovers of each kind."""
    return Counter(kind for kind, _ in found)


def _prose_of(text: str) -> str:
    text = _FENCED.sub("\n", text)
    text = _KEPT_TABLE.sub("\n", text)  # tables within tables stay HTML
    text = _INDENTED.sub("", text)
    return _INLINE.sub("`x`", text)  # so that a role before it is still seen
