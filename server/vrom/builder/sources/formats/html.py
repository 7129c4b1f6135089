"""HTML pages as Markdown: the main content of a page, without what is around it on every page."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin

from vrom.builder.document import Document
from vrom.builder.sources.extra import import_extra
from vrom.builder.sources.formats.decode import UnreadableError
from vrom.builder.sources.formats.html_writer import HtmlWriter
from vrom.builder.sources.formats.titles import title_from

_MAIN = (
    "main article",
    "[role=main]",
    "main",
    "article",
    ".markdown-body",
    ".md-content",
    ".document .body",
    "#content",
)
_AROUND = (
    "script, style, noscript, template, svg, canvas, iframe, object, form, button, input, select, textarea, dialog, "
    "nav, header, footer, aside, [role=navigation], [role=banner], [role=contentinfo], [role=search], "
    "[aria-hidden=true], [hidden], .sidebar, .toc, .toctree-wrapper, .table-of-contents, .breadcrumb, .breadcrumbs, "
    ".navbar, .menu, .pagination, .related, .rst-footer-buttons, .headerlink, .hash-link, .anchor, .copybtn, .linenos, "
    ".edit-this-page, .theme-edit-this-page, .md-source-file, .cookie-banner, .skip-link, .visually-hidden, .sr-only"
)
_SHARE_OF_MAIN = 0.2
"""An element is the main content only if it holds this much of the page's text."""


def read_html(text: str, name: str, url: str = "") -> Iterator[Document]:
    """One HTML page. Raises `UnreadableError` when it has no text of its own."""
    tree = _parsed(text)
    address = url or _canonical(tree)
    title = _title(tree)
    content = _main_content(tree)
    markdown = HtmlWriter(address).page(content) if content else ""
    if not markdown.strip():
        raise UnreadableError("no text besides scripts and navigation")
    yield Document(name, markdown, title or title_from(name), address)


_CLOSED_TAG = re.compile(
    r"<(/?)(?:div|span|section|article|ul|ol|dl|table|blockquote|b|i|em|strong|font|small|code|a)\b", re.IGNORECASE
)
_DEEPEST = 5_000
"""Elements within each other; parsing takes time by the square of it."""


def _parsed(text: str) -> Any:
    parser = import_extra("selectolax.lexbor", "HTML").LexborHTMLParser
    if _depth(text) > _DEEPEST:
        raise UnreadableError(f"more than {_DEEPEST:,} elements within each other")
    return parser(text)


def _depth(text: str) -> int:
    """How deep elements that must be closed are nested, at least."""
    depth = deepest = 0
    for tag in _CLOSED_TAG.finditer(text):
        depth = max(0, depth - 1) if tag[1] else depth + 1
        deepest = max(deepest, depth)
    return deepest


def links_of(text: str, url: str) -> list[str]:
    """The addresses that a page links to, absolute, in order, each once, without fragments.

    Raises `UnreadableError` for a page that can't be parsed.
    """
    tree = _parsed(text)
    base = tree.css_first("base[href]")
    base_url = urljoin(url, base.attributes.get("href") or "") if base else url
    found = []
    for link in tree.css("a[href]"):
        try:
            address = urljoin(base_url, (link.attributes.get("href") or "").strip()).partition("#")[0]
        except ValueError:
            continue  # an address that is none, such as http://[
        if address.startswith(("http://", "https://")):
            found.append(address)
    return list(dict.fromkeys(found))


def _main_content(tree: Any) -> Any:
    """The element with the page's own text."""
    body = tree.body
    if body is None:
        return None
    for element in body.css(_AROUND):
        if element.css_first("h1") is None or element.tag in ("script", "style", "noscript", "template"):
            element.decompose()
    size = len(body.text())
    for selector in _MAIN:
        for element in body.css(selector):
            if len(element.text()) > size * _SHARE_OF_MAIN:
                return element
    return body


_LONGEST_TITLE = 1000
"""Characters that are looked at: longer ones are no title, and may be made to be searched slowly."""
_SITE_NAME = re.compile(r"\s+(?:[|–—·•»]|-|::)\s+(?:[^|–—·•»]*)$")


def _title(tree: Any) -> str:
    """The first heading, else the page's title without the name of its site."""
    heading = tree.css_first("main h1, article h1, [role=main] h1") or tree.css_first("h1")
    if heading is not None:
        text = " ".join(HtmlWriter("").inline(heading).replace("`", "").split()).rstrip("¶# ")
        if text:
            return text
    title = tree.css_first("title")
    return _SITE_NAME.sub("", " ".join(title.text().split())[:_LONGEST_TITLE]) if title is not None else ""


def _canonical(tree: Any) -> str:
    """The address that a page states for itself."""
    link = tree.css_first("link[rel=canonical][href]")
    address = (link.attributes.get("href") or "") if link is not None else ""
    return address if address.startswith(("http://", "https://")) else ""
