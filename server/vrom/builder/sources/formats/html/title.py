"""A page's own title, rather than that of the book or site."""

import re
from itertools import islice

from vrom.builder.sources.formats.html.tree import HEADINGS, Element, squeeze

_LONGEST = 1000
"""Maximum characters of a title that are examined, to bound the time of regex matching."""
_BETWEEN_NAMES = re.compile(r"\s+(?:[|–—·•»]|-|::)\s+")
_SITE_NAME = re.compile(r"\s+(?:[|–—·•»]|-|::)\s+(?:[^|–—·•»]*)$")
_TITLE_CLASSES = ("title", "headertitle", "page-title", "doc-title", "refname", "entry-title", "titlepage")
_FIRST = 6
"""Headings among which the page's own may be: those of the site and of its menus can be before it."""
_MOST_LOOKED_AT = 400


def stated_title(tree: Element) -> str:
    """The text of the `title` element; empty if absent."""
    head = tree.find(
        lambda element: element.tag == "title" and element.parent is not None and element.parent.tag == "head"
    )
    return squeeze(head.text())[:_LONGEST] if head is not None else ""


def find_title(content: Element, stated: str) -> str:
    """The page's own title: its `h1`, else the heading that it begins with, else what the `title` element says."""
    found = (element for element in content.walk() if element.tag in HEADINGS and displayed(element))
    headings = list(islice(found, _MOST_LOOKED_AT))
    own = _plain(_BETWEEN_NAMES.split(stated)[0]) if stated else ""
    tops = [element for element in headings if element.tag == "h1"]
    if named := next(
        (element for element in [*tops, *headings[:_FIRST]] if own and _plain(displayed(element)) == own), None
    ):
        return displayed(named)
    if tops:
        return displayed(tops[0])
    if headings and _is_at_the_beginning(headings[0], content):
        return displayed(headings[0])
    return without_site_name(stated) or (displayed(headings[0]) if headings else "")


def promote_title(content: Element) -> None:
    """Make an element that only looks like the page's title, as in Doxygen's pages, a heading."""
    caption = content.find(lambda element: element.tag == "p" and element.has_class("caption"))
    if caption is not None and caption.parent is not None and caption.parent.attribute("id") == "module-header":
        caption.tag = "h1"  # of Haddock
        return
    if content.find_tag("h1") is not None:
        return
    for element in content.walk():
        if element.tag in (*HEADINGS, "p", "pre", "table", "ul", "dl") and squeeze(element.text()):
            return
        if element.has_class(*_TITLE_CLASSES) and element.tag in ("div", "span") and not element.elements_with_blocks():
            element.tag = "h1"
            return


def without_site_name(stated: str) -> str:
    """The text of a `title` element without the name of the site at its end."""
    return _SITE_NAME.sub("", stated[:_LONGEST])


def displayed(heading: Element) -> str:
    """The text of a heading without its permalink."""
    return squeeze(heading.text())[:_LONGEST].rstrip("¶#§\u200b ").strip()


def _plain(text: str) -> str:
    return "".join(filter(str.isalnum, text.lower()))


def _is_at_the_beginning(heading: Element, content: Element) -> bool:
    """True if nothing but layout is before the heading."""
    for element in content.walk():
        if element is heading:
            return True
        if element.tag in ("p", "pre", "table", "ul", "ol", "dl") and squeeze(element.text()):
            return False
    return False
