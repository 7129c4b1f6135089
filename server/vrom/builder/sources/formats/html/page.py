"""Convert HTML to Markdown: the main content, without navigation, headers and footers."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin

from vrom.builder.document import Document
from vrom.builder.sources.extra import import_extra
from vrom.builder.sources.formats.encodings.decode import UnreadableError
from vrom.builder.sources.formats.html.writer import HtmlWriter
from vrom.builder.sources.formats.titles import title_from_name

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
"""Minimum share of the body's text for an element to be the main content."""


def read_html(text: str, name: str, url: str = "") -> Iterator[Document]:
    """Read an HTML document. Raises `UnreadableError` if it has no text besides scripts and navigation."""
    tree = _parse(text)
    address = url or _find_canonical_url(tree)
    title = _find_title(tree)
    content = _find_main_content(tree)
    markdown = HtmlWriter(address).document(content) if content else ""
    if not markdown.strip():
        raise UnreadableError("no text besides scripts and navigation")
    yield Document(name, markdown, title or title_from_name(name), address)


_CLOSED_TAG = re.compile(
    r"<(/?)(?:div|span|section|article|ul|ol|dl|table|blockquote|b|i|em|strong|font|small|code|a)\b", re.IGNORECASE
)
_DEEPEST = 5_000
"""Maximum nesting depth of elements; parsing time is quadratic in it."""


def _parse(text: str) -> Any:
    parser = import_extra("selectolax.lexbor", "HTML").LexborHTMLParser
    if _nesting_depth(text) > _DEEPEST:
        raise UnreadableError(f"more than {_DEEPEST:,} levels of nested elements")
    return parser(text)


def _nesting_depth(text: str) -> int:
    """Lower bound of the nesting depth, from elements that must be closed."""
    depth = deepest = 0
    for tag in _CLOSED_TAG.finditer(text):
        depth = max(0, depth - 1) if tag[1] else depth + 1
        deepest = max(deepest, depth)
    return deepest


def find_links(text: str, url: str) -> list[str]:
    """Absolute URLs that an HTML document links to, in order, without fragments and duplicates.

    Raises `UnreadableError` if the document is nested too deeply.
    """
    tree = _parse(text)
    base = tree.css_first("base[href]")
    base_url = urljoin(url, base.attributes.get("href") or "") if base else url
    found = []
    for link in tree.css("a[href]"):
        try:
            address = urljoin(base_url, (link.attributes.get("href") or "").strip()).partition("#")[0]
        except ValueError:
            continue  # an invalid URL, such as http://[
        if address.startswith(("http://", "https://")):
            found.append(address)
    return list(dict.fromkeys(found))


def _find_main_content(tree: Any) -> Any:
    """The element with the document's main text; None without a body."""
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
"""Maximum characters of a title that are examined, to bound the time of regex matching."""
_SITE_NAME = re.compile(r"\s+(?:[|–—·•»]|-|::)\s+(?:[^|–—·•»]*)$")


def _find_title(tree: Any) -> str:
    """The first `h1`, else the `title` element without the site's name; empty if there is neither."""
    heading = tree.css_first("main h1, article h1, [role=main] h1") or tree.css_first("h1")
    if heading is not None:
        text = " ".join(HtmlWriter("").inline(heading).replace("`", "").split()).rstrip("¶# ")
        if text:
            return text
    title = tree.css_first("title")
    return _SITE_NAME.sub("", " ".join(title.text().split())[:_LONGEST_TITLE]) if title is not None else ""


def _find_canonical_url(tree: Any) -> str:
    """The canonical URL stated in the document; empty if absent."""
    link = tree.css_first("link[rel=canonical][href]")
    address = (link.attributes.get("href") or "") if link is not None else ""
    return address if address.startswith(("http://", "https://")) else ""
