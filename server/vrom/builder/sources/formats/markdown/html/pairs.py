"""Tags of HTML in Markdown that are markup: those in pairs, and those that need no end."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from vrom.builder.sources.formats.markdown.mdx.jsx import Tag, find_tags

HEADINGS = {f"h{level}" for level in range(1, 7)}
LISTS = {"ul", "ol", "menu"}
BLOCKS = {"p", "div", "center", "section", "article", "header", "footer", "main", "aside", "nav", "figure"}
BLOCKS |= {"figcaption", "details", "summary", "li", "dl", "dt", "dd", "address", "hgroup", *LISTS, *HEADINGS}
BARE = {"span", "font", "small", "big", "u", "ins", "mark", "bdi", "bdo", "time", "data", "button", "label", "picture"}
BARE |= {"source", "wbr", "samp", "cite", "dfn", "var", "nobr", "acronym", "output"}
"""Tags of which only the content is shown."""
FRAMES = {"iframe", "video", "audio", "object", "embed", "track"}
"""What is embedded, of which only a title and a fallback are text."""
MARKS = {"strong": "**", "b": "**", "em": "*", "i": "*", "del": "~~", "s": "~~", "strike": "~~"}
WITHOUT_END = {"br", "img", "wbr", "source", "embed", "track"}
_KNOWN = {"a", "code", "tt", "kbd", "sup", "sub", "abbr", "q", *BLOCKS, *BARE, *FRAMES, *MARKS, *WITHOUT_END}
_KEPT = re.compile(r"<(?P<name>table|svg|pre|script|style|math|textarea)\b|<!--", re.IGNORECASE)
_PARAGRAPH_END = re.compile(r"\n[ \t>]*\n")
_NO_MARKUP = re.compile(r"(?:\\|\]\(|\]:[ \t]?)\Z")
"""What a tag after it isn't one: it is escaped, or an address."""
_DEEPEST = 100


@dataclass
class Element:
    """A tag, and the one that closes it, if any."""

    name: str
    opening: Tag
    closing: Tag | None = None
    parent: "Element | None" = None

    def attribute(self, name: str) -> str:
        """The value of an attribute; empty if it has none."""
        return self.opening.attributes.get(name, "").strip()

    def ancestors(self) -> "Iterator[Element]":
        """The elements around it, the innermost first."""
        parent = self.parent
        while parent:
            yield parent
            parent = parent.parent

    def is_within(self, names: set[str]) -> bool:
        """True if an element of one of these names is around it."""
        return any(element.name in names for element in self.ancestors())


def find_elements(text: str) -> tuple[list[Element], list[Tag]]:
    """The elements of a text, in order, and the tags of blocks and anchors that lack their other half.

    What has no pair and no attributes is text, as of `Page<P>`; so is all in tables, drawings and comments.
    """
    elements: list[Element] = []
    stray: list[Tag] = []
    stack: list[Element] = []
    for tag in _known_tags(text):
        name = tag.name.lower()
        if tag.kind == "close":
            if (found := _find_open(stack, name)) is None:
                stray += [tag] if name in BLOCKS else []
                continue
            while (element := stack.pop()) is not found:
                pass
            element.closing = tag
            continue
        if name in ("li", "dt", "dd", "p"):
            _end_implied(stack, name)
        element = Element(name, tag, parent=stack[-1] if stack else None)
        elements.append(element)
        if tag.kind == "open" and name not in WITHOUT_END and len(stack) < _DEEPEST:
            stack.append(element)
    paired = []
    for element in elements:
        tag = element.opening
        is_item = element.name == "li" and element.is_within(LISTS)
        is_type = text[max(0, tag.start - 1) : tag.start].isalnum()
        if element.closing or element.name in ("br", "img") or is_item:
            paired.append(element)
        elif tag.attributes or tag.kind == "single" or (element.name in {*BLOCKS, "wbr"} and not is_type):
            stray.append(tag)
    return paired, stray


def _known_tags(text: str) -> Iterator[Tag]:
    kept = list(_kept_spans(text))
    number = 0
    for tag in find_tags(text):
        while number < len(kept) and kept[number][1] <= tag.start:
            number += 1
        if number < len(kept) and kept[number][0] <= tag.start:
            continue
        if (
            tag.name.lower() in _KNOWN
            and not tag.expressions
            and not _NO_MARKUP.search(text[max(0, tag.start - 3) : tag.start])
        ):
            yield tag


def _kept_spans(text: str) -> Iterator[tuple[int, int]]:
    """Where HTML stays as it is."""
    lower = text.lower()
    unclosed: set[str] = set()
    at = 0
    while found := _KEPT.search(text, at):
        closing = f"</{found['name'].lower()}" if found["name"] else "-->"
        end = -1 if closing in unclosed else lower.find(closing, found.end())
        if end < 0:
            unclosed.add(closing)
            at = found.end()
            continue
        at = end + len(closing)
        yield found.start(), at


def _find_open(stack: list[Element], name: str) -> Element | None:
    return next((element for element in reversed(stack) if element.name == name), None)


def _end_implied(stack: list[Element], name: str) -> None:
    """Leave an item or a paragraph that the next one ends."""
    others = {"dt", "dd"} if name in ("dt", "dd") else {name}
    if stack and stack[-1].name in others:
        stack.pop()


def is_one_paragraph(text: str, element: Element) -> bool:
    """True if there is no blank line within an element."""
    if not element.closing:
        return False
    return _PARAGRAPH_END.search(text, element.opening.end, element.closing.start) is None
