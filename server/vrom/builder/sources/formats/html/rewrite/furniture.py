"""Remove what isn't a page's own text: navigation, buttons, permalinks, feedback forms."""

from vrom.builder.sources.formats.html.rewrite.furniture_names import CAMEL, CLASSES, IDS, OF_NO_USE, PROSE, WORD_PARTS
from vrom.builder.sources.formats.html.rewrite.menus import (
    drop_leading_menus,
    is_link_list,
    is_menu,
    is_row_of_neighbours,
    unlinked_size,
)
from vrom.builder.sources.formats.html.tree import HEADINGS, Element, drop_elements, squeeze

_NEVER_SHOWN = {"style", "noscript", "template", "iframe", "object", "embed", "canvas", "audio", "video", "head", "svg"}
_NEVER_SHOWN |= {"dialog", "select", "option", "textarea", "link", "meta", "map", "clipboard-copy", "base", "title"}
_AROUND_ROLES = {"navigation", "banner", "contentinfo", "search", "dialog", "menu", "menubar", "toolbar", "doc-toc"}
_AROUND_ROLES |= {"doc-pagelist", "tooltip"}

_LONGEST_OF_NO_USE = 90


def drop_never_shown(element: Element) -> None:
    """Remove scripts, styles and other elements without text for readers; TeX in scripts stays."""
    drop_elements(element, _is_never_shown)


def drop_furniture(content: Element) -> None:
    """Remove navigation and controls from a page's main content; of nested headers the text stays."""
    drop_elements(content, _is_furniture)
    drop_elements(content, is_row_of_neighbours)
    drop_leading_menus(content)


def drop_page_header(content: Element) -> None:
    """Remove the header and footer of the page from a content that is the whole body."""
    others = sum(1 for element in content.walk() if element.tag == "h1" and not _is_in_header(element))
    drop_elements(content, lambda child: _is_page_header(child) and (others > 0 or child.find_tag(*HEADINGS) is None))


def _is_page_header(element: Element) -> bool:
    within = {ancestor.tag for ancestor in element.ancestors()}
    if within & {"article", "main", "section"}:
        return False
    if element.tag in ("header", "footer"):
        return True
    return element.has_class(
        "menu-title", "site-title", "navbar-brand", "projectname", "header-title", "sidebar", "menu"
    )


def _is_in_header(element: Element) -> bool:
    return any(_is_page_header(ancestor) for ancestor in [element, *element.ancestors()])


def _is_never_shown(element: Element) -> bool:
    if element.tag == "script":
        return not element.attribute("type").startswith("math/")
    return element.tag in _NEVER_SHOWN


def _is_furniture(element: Element) -> bool:
    tag, role = element.tag, element.attribute("role")
    if tag == "nav" or (role in _AROUND_ROLES and tag not in HEADINGS):
        return True
    if tag == "button":
        return element.parent is None or element.parent.tag not in HEADINGS or _has_text_beside(element)
    if tag == "input":
        return element.attribute("type") != "checkbox" or not _is_task(element)
    if tag == "ul" and _is_in_header(element) and is_menu(element):
        return True
    if element.has_class("onlyprint"):
        return True  # of sphinx-book-theme: the page's title and contents again
    if tag == "details":
        return _is_closed_contents(element)
    if tag == "form":
        return element.find_tag("p", "pre", *HEADINGS) is None
    if tag == "footer":
        return not _is_footer_of_author(element)
    if _is_hidden_detail(element):
        return True
    if tag in ("a", "img") and any("logo" in name.lower() for name in element.classes):
        return True
    if element.has_class("summary") and element.parent is not None and element.parent.has_class("header"):
        return True  # of Doxygen: links to the sections of the page
    if tag == "a" and _is_permalink(element):
        return True
    if _is_named_as_furniture(element):
        return not _is_prose(element)
    if element.has_class("tag-source") and tag in ("dt", "dd"):
        return True  # of JSDoc: the file and line of a member
    if element.has_class("tsd-index-panel"):
        return element.find_class("tsd-member-summary") is None and _has_members(element)
    if tag == "aside" and element.classes.isdisjoint({"sidebar", "topic"}):
        return is_link_list(element)
    return _is_of_no_use(element)


def _has_members(index: Element) -> bool:
    """True if the page of an index documents members itself."""
    page = [*index.ancestors()][-1]
    return page.find_class("tsd-member") is not None


def _has_text_beside(element: Element) -> bool:
    parent = element.parent
    return parent is not None and squeeze(parent.text()) != squeeze(element.text())


def _is_closed_contents(details: Element) -> bool:
    summary = details.find_tag("summary")
    text = squeeze(summary.text()).lower().strip("►▼▶ ") if summary is not None else ""
    names = ("table of contents", "contents", "on this page", "index", "other versions", "options", "in this article")
    return text in names and details.find_tag("p", "pre", *HEADINGS) is None and is_link_list(details)


def _is_task(element: Element) -> bool:
    return any(ancestor.tag == "li" for ancestor in element.ancestors())


def _is_footer_of_author(element: Element) -> bool:
    if any(ancestor.tag == "blockquote" for ancestor in element.ancestors()):
        return True
    return any("footnote" in name or name == "endnotes" for name in [*element.classes, element.attribute("id")]) or (
        element.find(lambda inner: any("footnote" in name for name in inner.classes)) is not None
    )


def _is_hidden_detail(element: Element) -> bool:
    """True for icons and other inline elements hidden from everybody or from screen readers."""
    is_inline = element.tag in ("span", "a", "i", "img", "small") and not element.attribute("role").startswith("tab")
    if is_inline and not element.has_class("math", "katex-mathml"):
        hidden = "hidden" in element.attributes or "display:none" in element.attribute("style").replace(" ", "")
        if hidden:
            return True
        if element.attribute("aria-hidden") == "true":
            return element.tag != "span" or len(squeeze(element.text())) <= 2 or element.has_class("katex-html")
    return False


def _is_permalink(element: Element) -> bool:
    text = squeeze(element.text()).strip("\u200b ")
    href = element.attribute("href")
    if text in ("¶", "#", "§", "🔗", "↩", "↩︎", "⚓", "link", "Link"):
        return href.startswith("#") or text not in ("link", "Link", "#") or "#" in href
    return (
        not text
        and element.find_tag("img") is None
        and "id" not in element.attributes
        and "name" not in element.attributes
    )


def _is_named_as_furniture(element: Element) -> bool:
    if element.tag in (*HEADINGS, "html", "body", "main", "article", "table", "code", "pre", "li", "dt", "dd"):
        return element.tag == "table" and element.has_class("navigation", "navheader", "navfooter", "nav")
    if element.attribute("id") in IDS:
        return True
    if element.tag == "a" and element.has_class("anchor", "header"):
        return not squeeze(element.text()).strip("#¶§\u200b ")
    if element.has_class(
        "copy", "buttons", "helpful", "rating", "cookies", "announcement", "related", "navigation", "toc"
    ):
        return True
    if not element.classes.isdisjoint(CLASSES):
        return True
    return any(WORD_PARTS.search(CAMEL.sub("-", name)) for name in element.classes if len(name) < PROSE)


def _is_prose(element: Element) -> bool:
    """True if an element has so much text outside links that it isn't what its name says."""
    if element.has_class("linenos", "linenodiv", "lineno", "gutter", "rouge-gutter", "line-numbers-wrapper", "lnt"):
        return False
    return unlinked_size(element) > PROSE or element.find_tag("pre", "h1") is not None


_BLOCK_LIKE = {
    "a",
    "p",
    "div",
    "span",
    "li",
    "small",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "footer",
    "label",
    "ul",
    "section",
    "summary",
}


_SURELY_OF_NO_USE = (
    "edit this",
    "edit on",
    "was this",
    "back to top",
    "skip to",
    "suggest",
    "improve this",
    "view page",
)


def _is_of_no_use(element: Element) -> bool:
    """True for a short element that leads, copies or asks: `Edit this page`, `Copy`, `Was this page helpful?`."""
    if element.tag not in _BLOCK_LIKE or len(element.children) > 12:
        return False
    text = _short_text(element)
    if not text or not OF_NO_USE.fullmatch(text):
        return False
    if any(around.tag == "li" for around in [element, *list(element.ancestors())[:3]]):
        return text.lower().startswith(_SURELY_OF_NO_USE)
    if element.tag in HEADINGS:
        return text.lower() in ("on this page", "in this article", "in this page", "was this page helpful?")
    if element.tag == "a":
        return _is_alone(element)
    if element.find_tag("a", "button") is not None:
        return True
    lowered = text.lower()
    if element.tag == "summary":
        return lowered.startswith(("expand", "show"))
    return lowered.startswith(
        ("was this", "last updated", "last modified", "last edited", "on this page", "skip to")
    ) or (
        element.tag in ("div", "span")
        and lowered in ("copy", "copied!", "copied", "copy code")
        and _is_beside_code(element)
    )


def _short_text(element: Element) -> str:
    """The text of an element; empty if it is long."""
    parts, size = [], 0
    for inner in [element, *element.walk()]:
        if inner.tag in ("pre", "table", "code", "img"):
            return ""
        for child in inner.children:
            if isinstance(child, str):
                size += len(child.strip())
                if size > _LONGEST_OF_NO_USE:
                    return ""
                parts.append(child)
    return squeeze(" ".join(parts)) if size else ""


def _is_alone(link: Element) -> bool:
    """True if a link is the only text of its parent, or of a row of such links."""
    parent = link.parent
    if parent is None:
        return False
    text = "".join(child for child in parent.children if isinstance(child, str))
    return not text.strip(" \n\t|·•<>«»‹›←→-—/[]()")


def _is_beside_code(element: Element) -> bool:
    return any(ancestor.find_tag("pre") for ancestor in list(element.ancestors())[:3])
