"""Admonitions, asides, topics, footnotes and callout lists as quotes, paragraphs and lists."""

from vrom.builder.sources.formats.html.tree import HEADINGS, Element, Node, squeeze

_ASIDES = {
    "admonition", "admonitionblock", "alert", "theme-admonition", "callout", "markdown-alert", "starlight-aside",
    "custom-block", "hint", "nextra-callout", "topic", "sidebar", "doc-aside", "notice", "note-box", "callout-block",
    "admonition-block", "bd-callout", "sidebarblock", "tsd-alert",
}  # fmt: skip
_KINDS = (
    "note", "warning", "tip", "caution", "important", "danger", "info", "attention", "error", "hint", "seealso",
    "success", "question", "bug", "example", "quote", "failure", "abstract", "todo", "deprecated", "details",
    "remark",
)  # fmt: skip
_KINDS_OF_BOXES = set(_KINDS) - {"example", "quote", "abstract", "details", "question", "bug"}
_TITLES = (
    "admonition-title", "admonition-heading", "custom-block-title", "markdown-alert-title", "starlight-aside__title",
    "topic-title", "sidebar-title", "callout-title", "callout-header", "alert-title", "alert-heading",
    "callout-heading", "title", "hint-title", "admonitionblock-title", "callout-title-container", "heading",
)  # fmt: skip
_BOXES = ("div", "aside", "section", "table", "blockquote", "p")
_LONGEST_TITLE = 200


def write_asides(content: Element) -> None:
    """Turn asides into `blockquote` elements that begin with their title in bold, and footnotes into paragraphs."""
    for element in list(content.walk()):
        if _is_aside(element):
            _write_aside(element)
        elif element.has_class("footnote", "citation") and element.tag in ("aside", "div", "table", "tr"):
            _write_footnote(element)
        elif element.tag == "dl" and element.has_class("footnote", "citation"):
            _write_footnote_list(element)
        elif element.has_class("colist", "calloutlist") or (element.tag == "div" and element.has_class("callout-list")):
            _write_callouts(element)


def _is_aside(element: Element) -> bool:
    if (
        element.tag not in (*_BOXES, "details")
        or element.parent is None
        or element.has_class("footnote", "footnote-list")
    ):
        return False
    if element.tag == "details":
        return False
    names = {_unhashed(name) for name in element.classes}
    if names & _ASIDES or (element.attribute("role") in ("note", "doc-tip", "doc-notice") and element.tag != "p"):
        return element.tag != "p" or "admonition-title" not in names
    if element.tag == "table":
        return bool(names & _KINDS_OF_BOXES) and element.find_tag("img", "i") is not None
    if element.tag in ("div", "aside", "blockquote", "section") and names & _KINDS_OF_BOXES:
        first = next(iter(element.elements()), None)
        return element.tag == "aside" or (
            first is not None
            and (first.tag in (*HEADINGS, "table", "p", "strong", "b") or first.has_class(*_TITLES))
            and _has_own_title(element, first)
        )
    return element.tag == "aside" and not element.has_class("footnote-list")


def _has_own_title(element: Element, first: Element) -> bool:
    """True if an element named like an admonition begins with its kind: `div.note > h3.title`."""
    if first.has_class(*_TITLES) or first.tag == "table":
        return True
    return squeeze(first.text()).lower().rstrip(":.! ").startswith(tuple(element.classes & set(_KINDS)))


def _unhashed(name: str) -> str:
    """A class without the suffix of CSS modules: `admonition` of `admonition_xJq3`."""
    head, _, tail = name.partition("_")
    return head if tail and not tail.startswith("_") else name


def _write_aside(element: Element) -> None:
    if element.tag == "table" or (
        element.find_tag("table") is not None and element.has_class("admonitionblock", *_KINDS)
    ):
        _unwrap_icon_table(element)
    kind = "" if element.has_class("topic", "sidebar") else _kind(element)
    title = _take_title(element) or kind
    if kind and kind.lower() not in title.lower() and kind not in ("Details", "Quote"):
        title = f"{kind}: {title}"
    holds_sections = element.find_tag(*HEADINGS) is not None
    element.tag = "div" if holds_sections else "blockquote"
    element.classes = frozenset()
    if title:
        element.replace_children([Element("p", None, [Element("strong", None, [title])]), *element.children])


def _unwrap_icon_table(element: Element) -> None:
    """Replace the table of an icon, a title and a text by the title and the text."""
    table = element if element.tag == "table" else element.find_tag("table")
    assert table is not None
    cells = [inner for inner in table.walk() if inner.tag in ("td", "th") and _nearest_table(inner) is table]
    if not 1 <= len(cells) <= 3:
        return
    children: list[Node] = []
    title = ""
    for cell in cells:
        if cell.tag == "th" or cell.has_class("icon") or (cell is not cells[-1] and len(squeeze(cell.text())) < 30):
            title = title or squeeze(cell.text()) or _icon_title(cell)
        else:
            children.extend(cell.children)
    if title:
        children.insert(0, Element("p", {"class": "title"}, [title]))
    table.tag = "div"
    table.replace_children(children)


def _nearest_table(cell: Element) -> Element | None:
    return next((ancestor for ancestor in cell.ancestors() if ancestor.tag == "table"), None)


def _icon_title(cell: Element) -> str:
    for inner in cell.walk():
        if title := inner.attribute("title") or inner.attribute("alt"):
            return title.strip("[]")
    return ""


def _take_title(element: Element) -> str:
    """Remove the title of an aside, and return it."""
    for inner in element.walk():
        if _is_title(inner, element):
            title = squeeze(inner.text())
            if title and len(title) <= _LONGEST_TITLE and inner.parent is not None:
                inner.parent.children = [child for child in inner.parent.children if child is not inner]
                return title
        elif inner.tag in ("p", "pre", "ul", "ol", "table") and squeeze(inner.text()):
            break
    return ""


def _is_title(inner: Element, aside: Element) -> bool:
    names = {_unhashed(name).lower() for name in inner.classes}
    if inner.tag in HEADINGS or names & set(_TITLES):
        return True
    return any(name.endswith(("heading", "-title", "__title")) for name in names) or (
        inner.tag == "p" and inner.parent is aside and inner.attribute("data-title") != ""
    )


def _kind(element: Element) -> str:
    """The kind of an aside that has no title, from its classes; empty if unknown."""
    names = [part for name in element.classes for part in _unhashed(name).lower().replace("__", "-").split("-")]
    names += [element.attribute("data-callout-type").lower(), element.attribute("type").lower()]
    return next((kind.capitalize() for kind in _KINDS if kind in names), "")


def _write_footnote(element: Element) -> None:
    """`[1] text` as one paragraph, of Sphinx's `aside.footnote` and of the tables of its older versions."""
    label = element.find_class("label", "fn-label")
    if label is None or label.parent is None:
        return
    number = squeeze(label.text()).strip("[] ")
    label.parent.children = [child for child in label.parent.children if child is not label]
    element.tag = "div"
    for inner in element.walk():
        if inner.tag in ("table", "tbody", "tr", "td", "colgroup", "col"):
            inner.tag = "p" if inner.tag == "td" and inner.find_tag("p") is None else "div"
    _begin_with(element, f"[{number}] ")


def _write_footnote_list(element: Element) -> None:
    number = ""
    children: list[Node] = []
    for child in element.elements():
        if child.tag == "dt":
            number = squeeze(child.text()).strip("[]↩ ").partition("]")[0].partition("(")[0].strip()
        else:
            child.tag = "div"
            _begin_with(child, f"[{number}] ")
            children.append(child)
    element.tag = "div"
    element.replace_children(children)


def _begin_with(element: Element, text: str) -> None:
    """Put a text before the first paragraph in an element, or before everything."""
    first = element.find_tag("p") or element
    first.replace_children([text, *first.children])


def _write_callouts(element: Element) -> None:
    """The explanations of the numbered marks in a code block, as a numbered list."""
    items: list[Node] = []
    for row in element.walk():
        if row.tag == "tr":
            cells = [cell for cell in row.elements() if cell.tag in ("td", "th")]
            if len(cells) == 2:
                items.append(Element("li", None, cells[1].children))
    if items:
        element.tag = "ol"
        element.replace_children(items)
