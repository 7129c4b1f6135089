"""Boxes whose content is indented: `!!! note "Title"`, `??? tip`, `=== "Tab"`.

Those of Python-Markdown and its extensions. A label takes the place of the first line, and the content moves to it.
"""

import re
from collections.abc import Iterator

from vrom.builder.sources.formats.markdown.boxes.labels import is_admonition, write_admonition, write_label

_MARGIN = r"(?P<margin>[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)?)"
_BOX = re.compile(
    _MARGIN + r"""(?P<mark>!!!|\?\?\?\+?)[ \t]*(?P<kind>[A-Za-z][\w-]*):?(?P<words>(?:[ \t]+[^\s"']\S*)*)"""
    r"""(?:[ \t]+(?P<title>"[^\n]*"|'[^\n]*'))?[ \t]*$"""
)
_TAB = re.compile(_MARGIN + r"""===[!+]{0,2}[ \t]+(?P<title>"[^\n]*"|'[^\n]*')[ \t]*$""")
_HEADING = re.compile(r"(?P<margin>[ \t>]*)#{1,6}[ \t]+(?P<text>.+?)[ \t#]*(?:\{[^{}]*\})?[ \t]*$")
_ICON = re.compile(r":(?:material|fontawesome|octicons|simple)-[\w-]+:[ \t]*")
_LAYOUT = {"inline", "end", "left", "right", "annotate", "highlight", "open", "closed"}
"""Words after a kind that say how the box looks."""
_INDENT = 4
_DEEPEST = 12
_MARKS = ("!!!", "???", "===")


def unwrap_indented(text: str) -> str:
    """The text, whose code is masked, with a label in place of each line that opens a box, and its content below."""
    if not any(mark in text for mark in _MARKS):
        return text
    return "\n".join(_unwrap(text.split("\n"), 0))


def _unwrap(lines: list[str], depth: int) -> Iterator[str]:
    at = 0
    previous = ""
    while at < len(lines):
        line = lines[at]
        box = (_BOX.match(line) or _TAB.match(line)) if depth < _DEEPEST and _may_open(line) else None
        end = _find_end(lines, at, box["margin"]) if box else at
        if not box or (end == at + 1 and not _stands_alone(box)):
            yield line
            previous = line
            at += 1
            continue
        margin = _blank(box["margin"])
        if previous.strip(" \t>"):
            yield margin.rstrip()
        label = _label(box)
        body = [_outdent(body, margin) for body in lines[at + 1 : end]]
        while body and not body[0].strip(" \t>"):
            del body[0]
        if label or box["margin"] != margin:
            yield box["margin"] + label
            if body and label and not re.match(r"[ \t>]*[\w\"'(]", body[0]):
                yield margin.rstrip()
        for inner in _unwrap(body, depth + 1):
            heading = _HEADING.match(inner)
            previous = heading["margin"] + write_label(heading["text"]) if heading else inner
            yield previous
        at = end
        if at < len(lines) and lines[at].strip(" \t>"):
            yield margin.rstrip()
        previous = ""


def _stands_alone(box: "re.Match[str]") -> bool:
    """True for a box that is one without content, too."""
    return box["title"] is not None or is_admonition(box["kind"])


def _may_open(line: str) -> bool:
    return any(mark in line for mark in _MARKS)


def _blank(margin: str) -> str:
    """A margin with spaces in place of a list item's mark."""
    return re.sub(r"[^\s>]", " ", margin)


def _width(line: str) -> tuple[int, int]:
    """Number of quote marks before a line's text, and the column at which it begins."""
    prefix = line[: len(line) - len(line.lstrip(" \t>"))]
    return prefix.count(">"), len(prefix.expandtabs(_INDENT))


def _find_end(lines: list[str], at: int, margin: str) -> int:
    """The number of the line after the last one of the content of the box at `at`."""
    quotes, column = _width(_blank(margin) + "x")
    end = at + 1
    for number in range(at + 1, len(lines)):
        depth, start = _width(lines[number])
        if not lines[number].strip(" \t>"):
            if depth < quotes:
                break
            continue
        if depth < quotes or start < column + _INDENT:
            break
        end = number + 1
    return end


def _outdent(line: str, margin: str) -> str:
    """A line of a box's content, moved to the margin of the box."""
    if not line.strip(" \t>"):
        return margin.rstrip()
    prefix = line[: len(line) - len(line.lstrip(" \t>"))].expandtabs(_INDENT)
    return margin + prefix[len(margin.expandtabs(_INDENT)) + _INDENT :] + line.lstrip(" \t>")


def _label(box: "re.Match[str]") -> str:
    title = box["title"]
    shown = _ICON.sub("", title[1:-1].replace('\\"', '"')).strip() if title else ""
    if "kind" not in box.re.groupindex:
        return write_label(shown)
    words = [word for word in box["words"].split() if word not in _LAYOUT]
    if title and not shown and not words:
        return ""
    return write_admonition(box["kind"], " ".join([*words, *filter(None, [shown])]))
