"""HTML as a tree of plain objects that can be searched and rewritten."""

import re
from typing import TYPE_CHECKING, Any, Union

from vrom.builder.sources.extra import import_extra
from vrom.builder.sources.formats.encodings.decode import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

DEEPEST = 120
"""Nesting depth of elements below which only the text is kept."""

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")

_BLOCK_TAGS = (*HEADINGS, "p", "div", "pre", "ul", "ol", "dl", "table", "section", "article")

_CONTAINERS = {"table", "thead", "tbody", "tfoot", "tr", "ul", "ol", "dl"}
"""Elements that hold no text of their own."""

Node = Union["Element", str]


class Element:
    """An element: its tag, attributes, classes and children, which are elements and texts."""

    __slots__ = ("attributes", "children", "classes", "holds_block", "parent", "tag")

    def __init__(self, tag: str, attributes: dict[str, str] | None = None, children: list[Node] | None = None) -> None:
        self.tag = tag
        self.attributes = attributes or {}
        self.classes = frozenset(self.attributes.get("class", "").split())
        self.children: list[Node] = []
        self.parent: Element | None = None
        self.holds_block = False
        self.replace_children(children or [])

    def replace_children(self, children: list[Node]) -> None:
        """Set the children, and this element as their parent."""
        self.children = children
        for child in children:
            if isinstance(child, Element):
                child.parent = self

    def elements(self) -> "list[Element]":
        """The children that are elements."""
        return [child for child in self.children if isinstance(child, Element)]

    def walk(self) -> "Iterator[Element]":
        """All elements below this one, in document order."""
        waiting = [iter(self.children)]
        while waiting:
            for child in waiting[-1]:
                if isinstance(child, Element):
                    yield child
                    if child.children:
                        waiting.append(iter(child.children))
                        break
            else:
                waiting.pop()

    def ancestors(self) -> "Iterator[Element]":
        """The elements around this one, from the inside out."""
        parent = self.parent
        while parent is not None:
            yield parent
            parent = parent.parent

    def find(self, matches: "Callable[[Element], bool]") -> "Element | None":
        """The first element below that `matches`; None if absent."""
        return next(filter(matches, self.walk()), None)

    def find_tag(self, *tags: str) -> "Element | None":
        """The first element below with one of these tags; None if absent."""
        return self.find(lambda element: element.tag in tags)

    def find_class(self, *names: str) -> "Element | None":
        """The first element below with one of these classes; None if absent."""
        return self.find(lambda element: not element.classes.isdisjoint(names))

    def has_class(self, *names: str) -> bool:
        """True if the element has one of these classes."""
        return not self.classes.isdisjoint(names)

    def text(self) -> str:
        """All text in the element, as it is in the source."""
        parts: list[str] = []
        self._collect(parts)
        return "".join(parts)

    def _collect(self, parts: list[str]) -> None:
        for child in self.children:
            if isinstance(child, str):
                parts.append(child)
            else:
                child._collect(parts)

    def elements_with_blocks(self) -> "list[Element]":
        """The elements in it that begin a line of their own."""
        return [inner for inner in self.walk() if inner.tag in _BLOCK_TAGS]

    def attribute(self, name: str) -> str:
        """The value of an attribute; empty if absent."""
        return self.attributes.get(name, "")


def parse_tree(text: str) -> Element:
    """The `html` element of a document. Raises `UnreadableError` if it is nested too deeply."""
    return _convert(parse_html(text).root)


_CLOSED_TAG = re.compile(
    r"<(/?)(?:div|span|section|article|ul|ol|dl|table|blockquote|b|i|em|strong|font|small|code|a)\b", re.IGNORECASE
)
_DEEPEST_PARSED = 5_000
"""Maximum nesting depth of elements; parsing time is quadratic in it."""


def parse_html(text: str) -> Any:
    """The document as its parser has it. Raises `UnreadableError` if it is nested too deeply."""
    parser = import_extra("selectolax.lexbor", "HTML").LexborHTMLParser
    if _nesting_depth(text) > _DEEPEST_PARSED:
        raise UnreadableError(f"more than {_DEEPEST_PARSED:,} levels of nested elements")
    return parser(text)


def _nesting_depth(text: str) -> int:
    """Lower bound of the nesting depth, from elements that must be closed."""
    depth = deepest = 0
    for tag in _CLOSED_TAG.finditer(text):
        depth = max(0, depth - 1) if tag[1] else depth + 1
        deepest = max(deepest, depth)
    return deepest


def _convert(root: Any) -> Element:
    top = _element(root)
    waiting = [(root, top, 0)]
    while waiting:
        node, element, depth = waiting.pop()
        for child in node.iter(include_text=True):
            if child.tag == "-text":
                element.children.append(child.text_content or "")
            elif child.tag.startswith(("-", "_", "!")):
                continue  # a comment
            elif depth > DEEPEST and element.tag not in _CONTAINERS:
                element.children.append(child.text())
            else:
                inner = _element(child)
                inner.parent = element
                element.children.append(inner)
                waiting.append((child, inner, depth + 1))
    return top


def _element(node: Any) -> Element:
    return Element(node.tag, {name: value or "" for name, value in node.attributes.items()})


def squeeze(text: str) -> str:
    """Text with every run of whitespace, including line breaks, replaced by one space."""
    return " ".join(text.split())


_WHOLE = {"pre", "code", "math"}
"""Elements that nothing is taken out of; code has its own reader."""


def drop_elements(element: Element, is_dropped: "Callable[[Element], bool]") -> None:
    """Remove all elements that `is_dropped` from a tree, but none from within code and formulas."""
    waiting = [element]
    while waiting:
        parent = waiting.pop()
        kept: list[Node] = [c for c in parent.children if isinstance(c, str) or not is_dropped(c)]
        if len(kept) != len(parent.children):
            parent.children = kept
        waiting.extend(child for child in kept if isinstance(child, Element) and child.tag not in _WHOLE)
