"""A passage as it is read: at the left margin, without what only a site's generator understands.

Lines are moved to the left or left out, and labels rewritten; the words of the text stay as they are.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from vrom.markdown.fences import Fence, step
from vrom.markdown.headings import read_heading, read_html_heading

_LOOKED_BACK = 20_000
"""Characters before a passage in which the list or note is looked for that it begins in."""
_CODE = 4
"""Blanks that make a line code, unless it is in a list or a note."""

_ITEM = re.compile(r"(?:[-*+]|\d{1,9}[.)])\s")
_BOX = re.compile(r'(?:!!!|\?\?\?\+?|===[!+]?(?= ))[ \t]*(?P<name>[\w-]+)?(?P<title>[ \w-]*"[^"\n]*")?$')
_ANCHOR = re.compile(
    r"""(`[^`\n]*`)|[ \t]{0,9}(?:\{#[\w:.-]+\}|\[\]\(\)\{[^{}\n]*\}|<a\s+(?:id|name)=["'][^"'<>]*["']\s*(?:/>|></a>))"""
)
_TARGET = re.compile(r"""[ \t]*\[(?!\^)[^\]\n]+\]:[ \t]+(?=\S*[/.#:])\S+(?:[ \t]+["'(].*)?$""")
_CALL_OUT = re.compile(r"[ \t]{0,40}(?:#|//|;|--|%|/\*|<!--)[ \t]?\(\d{1,3}\)!?[ \t]?(?:\*/|-->)?$")
_NUMBERED = re.compile(r"[ \t>]*\d{1,3}[.)][ \t]")
_LINK = re.compile(r"\[([^\[\]\n]{0,200})\]\([^()\n]*\)")
_TURN = re.compile(r"\W*(?:prev|previous|next)\b", re.IGNORECASE)
_REFERENCES_ONLY = re.compile(r"(?:\s|<br\s*/?>|\[[^\[\]]*\]\[[^\[\]]*\]|[-*,])*$")


class _Line(NamedTuple):
    text: str
    in_code: bool
    """True from the line that opens a fence to the one that closes it."""


def tidy(text: str, before: str) -> str:
    """A passage's text; `before` is the text of the document up to it."""
    lines = _lines(_unboxed(_at_margin(text, before)))
    numbered = [at for at, line in enumerate(lines) if not line.in_code and _NUMBERED.match(line.text)]
    last_number = max(numbered, default=-1)
    kept = [
        _prose(line.text) if not line.in_code else line.text if at < last_number else _CALL_OUT.sub("", line.text)
        for at, line in enumerate(lines)
    ]
    shown = "\n".join(line for line in kept if line is not None)
    return shown.strip("\n") or text


def _prose(line: str) -> str | None:
    """A line outside code as it is shown; None if it isn't."""
    if _TARGET.match(line) or _turns_pages(line):
        return None
    if heading := read_html_heading(line):
        return f"{'#' * heading.level} {heading.text}"
    return _ANCHOR.sub(lambda found: found[1] or "", line) if "{" in line or "<a" in line else line


def _turns_pages(line: str) -> bool:
    """True for a line of links to the previous and the next page alone."""
    if not _TURN.match(line.lstrip(" [«‹←|*-")) or read_heading(line):
        return False
    words = _LINK.findall(line)
    rest = _LINK.sub("", line)
    return (
        bool(words)
        and all(map(_TURN.match, words))
        and not re.search(r"\w", re.sub(r"(?i)prev(?:ious)?|next", "", rest))
    )


def _at_margin(text: str, before: str) -> str:
    """The text moved to the left as far as the list or note goes in which it begins."""
    lines = text.split("\n")
    first = next((line for line in lines if line.strip()), "")
    margin = _indent(first)
    if not margin or (margin >= _CODE and not _begins_block(first) and not _is_contained(before, margin)):
        return text
    moved = []
    fence: Fence | None = None
    for line in lines:
        indent = _indent(line)
        if line.strip() and fence is None:
            margin = min(margin, indent)
        fence = step(line, fence)
        moved.append(_shifted(line, margin))
    return "\n".join(moved)


def _begins_block(line: str) -> bool:
    start = line.lstrip()
    return bool(_ITEM.match(start) or _BOX.match(start.rstrip()) or step(line, None))


def _is_contained(before: str, margin: int) -> bool:
    """True if a text with this margin continues a list item or a note, judged by the lines before it."""
    for line in reversed(before[-_LOOKED_BACK:].split("\n")):
        if line.strip() and (indent := _indent(line)) < margin:
            if _ITEM.match(line.lstrip()) or _BOX.match(line.strip()):
                return True
            margin = indent
        if not margin:
            return False
    return False


def _unboxed(text: str) -> str:
    """The text with a label in place of each line that opens a note or a tab, and what it holds at its margin."""
    if not re.search(r"^[ \t]*(?:!!!|\?\?\?|===)", text, re.MULTILINE):
        return text
    lines = text.split("\n")
    shown: list[str] = []
    boxes: list[tuple[int, int]] = []  # indent of the opening line, and of what it holds
    fence: Fence | None = None
    left_out = -1
    for at, line in enumerate(lines):
        if at <= left_out:
            continue
        indent = _indent(line)
        if line.strip() and fence is None:
            while boxes and indent < boxes[-1][1]:
                boxes.pop()
        box = _BOX.match(line.strip()) if fence is None else None
        fence = step(line, fence)
        shift = sum(held - opened for opened, held in boxes)
        if not box:
            shown.append(_shifted(line, shift))
            continue
        body = next((later for later in lines[at + 1 :] if later.strip()), "")
        if _indent(body) <= indent:
            shown.append(_shifted(line, shift))
            continue
        boxes.append((indent, _indent(body)))
        if box["name"] == "api" and _REFERENCES_ONLY.match("\n".join(held := list(_held(lines[at + 1 :], indent)))):
            left_out = at + len(held)
            continue
        shown.append(" " * (indent - shift) + _label(box))
        if _begins_block(body) and lines[at + 1].strip():
            shown.append("")
    return "\n".join(shown)


def _held(lines: Sequence[str], indent: int) -> Iterator[str]:
    for line in lines:
        if line.strip() and _indent(line) <= indent:
            return
        yield line


def _label(box: re.Match[str]) -> str:
    """The kind and the title of a note, or the title of a tab, in bold type."""
    title = " ".join((box["title"] or "").partition('"')[2].rstrip('"').replace("**", "").split())
    kind = "" if box[0].startswith("=") else (box["name"] or "").replace("-", " ").capitalize()
    label = title if title.lower().startswith(kind.lower()) else ": ".join(filter(None, [kind, title]))
    return f"**{label or kind}**:" if label or kind else ""


def _lines(text: str) -> list[_Line]:
    lines: list[_Line] = []
    fence: Fence | None = None
    for line in text.split("\n"):
        after = step(line, fence)
        lines.append(_Line(line, fence is not None or after is not None))
        fence = after
    return lines


def _indent(line: str) -> int:
    return len(_blanks(line))


def _blanks(line: str) -> str:
    return line[: len(line) - len(line.lstrip(" \t"))].expandtabs(4)


def _shifted(line: str, by: int) -> str:
    """A line without `by` of the blanks that it begins with, as far as it has them."""
    if not by:
        return line
    return _blanks(line)[by:] + line.lstrip(" \t")
