"""The element that holds a page's own text."""

from collections.abc import Callable, Iterator

from vrom.builder.sources.formats.html.tree import Element, squeeze

_SHARE = 0.2
"""Minimum share of the body's text for an element to be the main content."""
_MOST_OF_MAIN = 0.6
"""Minimum share of the main element's text for the article in it to stand for it."""

_NAMES = (
    "theme-doc-markdown",
    "sl-markdown-content",
    "vp-doc",
    "markdown-body",
    "md-content",
    "rst-content",
    "bd-article",
    "page-inner",
    "doc-content",
    "main-content",
    "docs-content",
    "contentContainer",
    "documentwrapper",
    "body-content",
    "content",
    "contents",
)
"""Classes and ids of the main content, of many generators, the surest first."""


def find_main_content(body: Element) -> Element:
    """The innermost element that is marked as the main content and has a fair share of the text; else the body."""
    sizes = _text_sizes(body)
    least = sizes[id(body)] * _SHARE
    for candidates in _candidates(body):
        outer = _without_nested(candidates)
        found = max(outer, key=lambda element: sizes[id(element)], default=None)
        if found is None or sizes[id(found)] <= least:
            continue
        if sizes[id(found)] >= sum(sizes[id(element)] for element in outer) * _MOST_OF_MAIN:
            return _innermost(found, sizes)
        if found.tag == "article":
            return _innermost_around(outer)
    return body


def _without_nested(elements: list[Element]) -> list[Element]:
    known = {id(element) for element in elements}
    return [element for element in elements if not any(id(around) in known for around in element.ancestors())]


def _innermost_around(elements: list[Element]) -> Element:
    """The innermost element that holds all of these."""
    common = list(elements[0].ancestors())
    for element in elements[1:]:
        around = {id(ancestor) for ancestor in element.ancestors()}
        common = [ancestor for ancestor in common if id(ancestor) in around]
    return common[0]


def _candidates(body: Element) -> Iterator[list[Element]]:
    elements = list(body.walk())
    kinds: list[Callable[[Element], bool]] = [
        lambda element: element.tag == "main" or "main" in (element.attribute("role"), element.attribute("id")),
        lambda element: element.tag == "article" or element.attribute("role") == "article",
    ]
    for is_kind in kinds:
        yield list(filter(is_kind, elements))
    for name in _NAMES:
        yield [element for element in elements if name in element.classes or element.attribute("id") == name]


def _innermost(main: Element, sizes: dict[int, int]) -> Element:
    """The only article in the main element, if it has most of the text and the title; else the main element."""
    articles = [element for element in main.walk() if element.tag == "article"]
    whole = [element for element in articles if sizes[id(element)] > sizes[id(main)] * _MOST_OF_MAIN]
    if whole and (whole[0].find_tag("h1") or not main.find_tag("h1")):
        return whole[0]
    return main


def take_title_from_outside(content: Element, body: Element, stated: str) -> None:
    """Put the page's title before a content without one, with the text beside it, from a header outside the content.

    Only an `h1` that says the same as the `title` element, `stated`, or an element that is marked as the title is the
    page's and not the site's.
    """
    if content is body or content.find_tag("h1") is not None:
        return
    inside = {id(element) for element in content.walk()}
    outside = [element for element in body.walk() if id(element) not in inside]
    title = next((element for element in outside if _is_title(element, stated)), None)
    if title is None:
        return
    title.tag = "h1"
    around = {id(ancestor) for ancestor in content.ancestors()}
    header = title
    for ancestor in title.ancestors():
        if id(ancestor) in around:
            break
        header = ancestor
    is_text = header.find_tag("p") is not None and header.find_tag("nav", "a") is None
    content.replace_children([header if is_text else title, *content.children])


def _is_title(element: Element, stated: str) -> bool:
    if element.tag == "h1" and stated and _says(squeeze(element.text()), stated):
        return True
    marked = element.has_class("title") and element.tag in ("h1", "h2", "div")
    is_plain = marked and element.find_tag("a", "p", "div", "h1") is None
    return is_plain and (
        element.tag == "h2" or (element.parent is not None and element.parent.has_class("headertitle"))
    )


def _says(heading: str, stated: str) -> bool:
    own, whole = ("".join(filter(str.isalnum, text.lower())) for text in (heading, stated))
    return bool(own) and (whole.startswith(own) or own.startswith(whole))


def _text_sizes(body: Element) -> dict[int, int]:
    """The characters in each element, by its `id`, without surrounding whitespace of each text."""
    sizes: dict[int, int] = {}
    order = [body, *body.walk()]
    for element in reversed(order):  # children before their parents
        own = sum(len(child.strip()) for child in element.children if isinstance(child, str))
        sizes[id(element)] = own + sum(sizes[id(child)] for child in element.elements())
    return sizes
