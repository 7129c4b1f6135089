"""Lists of links that lead to other pages: menus of a site, rows of previous and next."""

import re

from vrom.builder.sources.formats.html.tree import HEADINGS, Element, drop_elements, squeeze

_LINKS_OF_A_MENU = 8


def drop_leading_menus(content: Element) -> None:
    """Remove what leads elsewhere before the first heading: long lists of nothing but links, and trails of a page."""
    menus: set[int] = set()
    within: set[int] = set()
    for element in content.walk():
        if element.parent is not None and id(element.parent) in within:
            within.add(id(element))
        elif element.tag in HEADINGS:
            drop_elements(content, lambda child: id(child) in menus)
            return
        elif element.tag in ("div", "p") and is_trail(element):
            menus.add(id(element))
            within.add(id(element))
        elif element.tag in ("pre", "p") and unlinked_size(element):
            return
        elif element.tag in ("ul", "ol", "div", "table", "section") and is_menu(element):
            menus.add(id(element))
            within.add(id(element))


def is_menu(element: Element) -> bool:
    """True for a long list of nothing but links."""
    links = 0
    for inner in element.walk():
        if inner.tag in ("pre", "p", *HEADINGS):
            return False
        links += inner.tag == "a"
    return links >= _LINKS_OF_A_MENU and unlinked_size(element) < links


_SEPARATORS = "»›>→"
_LONGEST_TRAIL = 300


def is_trail(element: Element) -> bool:
    """True for a line of links to the pages above, with marks between them: `Home » Guide » Caching`."""
    marks = squeeze("".join(child for child in element.children if isinstance(child, str))).replace(" ", "")
    return (
        bool(marks)
        and not marks.strip(_SEPARATORS)
        and len(marks) >= len(element.elements()) - 1 > 0
        and element.find_tag("a") is not None
        and element.find_tag("pre", "p", "ul", "table", *HEADINGS) is None
        and len(element.text()) < _LONGEST_TRAIL
    )


_NEIGHBOUR = re.compile(
    r"(?:[\[(<«‹←\s]*)(prev(?:ious)?|next|up|home|contents|index|top|first|last|back)\b.{0,60}", re.IGNORECASE
)
_MOST_LINKS = 12


def is_row_of_neighbours(element: Element) -> bool:
    """True for a table or paragraph of nothing but links to the neighbouring pages, as in old manuals."""
    if element.tag not in ("table", "p", "div", "ul", "center"):
        return False
    links = []
    for inner in element.walk():
        if inner.tag == "a":
            links.append(inner)
        if len(links) > _MOST_LINKS or inner.tag in ("pre", "code", *HEADINGS):
            return False
    if len(links) < 2 or unlinked_size(element) > 60:
        return False
    named = [
        link
        for link in links
        if _NEIGHBOUR.fullmatch(squeeze(link.text())) or link.attribute("rel") in ("prev", "next")
    ]
    steps = [link for link in named if squeeze(link.text()).lower().lstrip("[(<«‹← ").startswith(("prev", "next"))]
    return bool(steps) and len(named) * 2 >= len(links)


def unlinked_size(element: Element) -> int:
    """The characters of text in an element that are no link's."""
    if element.tag in ("a", "button"):
        return 0
    own = sum(len(squeeze(child)) for child in element.children if isinstance(child, str))
    return own + sum(map(unlinked_size, element.elements()))


def is_link_list(element: Element) -> bool:
    """True for at least three links with little else."""
    links = sum(1 for inner in element.walk() if inner.tag == "a")
    return links >= 3 and unlinked_size(element) < links * 12
