"""Remarks about what a site's templates show and a page alone can't: other files, values, rows made in a loop."""

import re
from collections.abc import Iterator

from vrom.builder.document import Remark

PART = "part of the page in a template of the site"
NO_VALUE = "value of the site's configuration left out"
ROWS = "rows made in a loop of a template"

_LONGEST = 200
_LIQUID = re.compile(
    rf"\{{%-?\s*(?P<name>render|component|partial|section|data|for|tablerow)\b[^%{{}}]{{0,{_LONGEST}}}%\}}"
)
_SHORTCODE = re.compile(rf"\{{\{{[<%]-?\s*(?P<name>[\w./-]{{1,50}})(?P<args>[^{{}}]{{0,{_LONGEST}}}?)-?[>%]\}}\}}")
_FILES = re.compile(r"(?:codenew|code_sample|gist|remote|rawhtml-?file|getcontent|snippet|partial)$", re.IGNORECASE)
_VALUES = re.compile(r"(?:param|var|meta|site-?param|data|env)$", re.IGNORECASE)


def find_left_out(text: str) -> Iterator[Remark]:
    """What the tags of Liquid and the shortcodes of a text, whose code is masked, stand for and don't hold."""
    if "{%" in text:
        for tag in _LIQUID.finditer(text):
            if tag["name"] in ("for", "tablerow"):
                yield Remark(ROWS, _line(tag[0]), lost=True)
            elif tag["name"] != "data" or "reusables" in tag[0]:
                yield Remark(PART, _line(tag[0]), lost=True)
    if "{{" in text:
        for shortcode in _SHORTCODE.finditer(text):
            name = shortcode["name"].rpartition("/")[2]
            if _FILES.match(name):
                yield Remark(PART, _line(shortcode[0]), lost=True)
            elif _VALUES.match(name):
                yield Remark(NO_VALUE, _line(shortcode[0]), lost=True)


def _line(tag: str) -> str:
    return " ".join(tag.split())
