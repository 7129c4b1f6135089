"""Flags of members, such as `Readonly` and `Optional`, that are written into their names without a space."""

from vrom.builder.sources.formats.html.tree import HEADINGS, Element, Node

_FLAGS = ("tsd-tag", "tsd-flag", "doc-labels")
"""Classes of flags, of TypeDoc and mkdocstrings."""


def write_flags(content: Element) -> None:
    """Put the flags in a heading into a paragraph after it, and a space after those elsewhere."""
    for element in [content, *content.walk()]:
        if any(child.tag in HEADINGS for child in element.elements()):
            element.replace_children(_after_headings(element.children))
        elif element.tag not in HEADINGS and any(child.has_class(*_FLAGS) for child in element.elements()):
            element.replace_children(_spaced(element.children))


def _after_headings(children: list[Node]) -> list[Node]:
    written: list[Node] = []
    for child in children:
        written.append(child)
        if isinstance(child, Element) and child.tag in HEADINGS:
            flags = [inner for inner in child.elements() if inner.has_class(*_FLAGS)]
            if flags and len(flags) < len(child.elements()) + _texts(child):
                child.replace_children([inner for inner in child.children if inner not in flags])
                written.append(Element("p", None, _spaced(list(flags))))
    return written


def _texts(heading: Element) -> int:
    return sum(1 for child in heading.children if isinstance(child, str) and child.strip())


def _spaced(children: list[Node]) -> list[Node]:
    spaced: list[Node] = []
    for child in children:
        spaced.append(child)
        if isinstance(child, Element) and child.has_class(*_FLAGS):
            spaced.append(" ")
    return spaced
