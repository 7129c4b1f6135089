"""Pages that a generator made beside the documentation: indexes, search pages, print versions, redirects."""

import re
from pathlib import PurePosixPath

from vrom.builder.sources.formats.html.tree import HEADINGS, Element, squeeze

_SHORT = 400
_SHORT_ERROR_PAGE = 1_000
_SHORT_REDIRECT = 300
_LINKED_SHARE = 0.7
"""Minimum share of the letters of a generated index that are in links."""

_INDEX_NAMES = re.compile(
    r"(?:genindex(?:-.*)?|py-modindex|.*-modindex|modindex|index-all|doc-index.*|allclasses.*|allpackages.*|class_list|"
    r"method_list|file_list|_index|functions(?:_\w+)?|globals(?:_\w+)?|namespacemembers.*|annotated|classes|hierarchy|files|"
    r"inherits|namespaces|all|sitemap|theindex|ix\d+|bookindex|general-?index|.*-members|overview-(?:tree|frame)|"
    r"package-(?:tree|frame|use)|deprecated-list|tags?|index-\w+|symbols?|graph_legend|dir_[0-9a-f]+|table_of_contents)",
    re.IGNORECASE,
)
_INDEX_CLASSES = ("indextable", "genindextable", "modindextable", "genindex-jumpbox", "indexdiv", "all-items")
_JAVADOC_PAGES = {
    "all-classes-index-page", "all-packages-index-page", "index-page", "search-page", "tree-page",
    "package-tree-page", "class-use-page", "package-use-page", "module-use-page", "help-page", "index-redirect-page",
    "single-index-page", "split-index-page",
}  # fmt: skip
_JAVADOC_NAMES = re.compile(
    r"(?:allclasses.*|index-all|index-\d+|overview-tree|overview-frame|package-tree|package-frame|package-use|help-doc|"
    r"constant-values-frame|.*-frame)",
)
_DOXYGEN_TITLES = re.compile(
    r"(?:(?:class|data structure|namespace|file|module|topic|member|interface|concept) "
    r"(?:list|index|members|hierarchy|fields)|"
    r"(?:data structures?|class members|data fields|member list|graph legend|hierarchical index|file members|"
    r"namespace members|class hierarchy|deprecated list of files))|.*(?:source file|directory reference|member list)",
    re.IGNORECASE,
)
_SOURCE_NAMES = re.compile(r".*[-_.](?:source|8[a-z]+[-_]source)", re.IGNORECASE)
_REDIRECT = re.compile(r"\d+(?:\.\d+)?\s*[;,]?\s*url\s*=", re.IGNORECASE)
_SCRIPTED_REDIRECT = re.compile(r"\blocation(?:\.href)?\s*=|location\.(?:replace|assign)\(")
_PRINTED = re.compile(r"window\.print\b")
_NOT_FOUND = re.compile(r"(?:error )?404\b.*|(?:page )?not found\b.*|.*\bpage not found\b.*", re.IGNORECASE)
_SEARCH = re.compile(r"\bsearch", re.IGNORECASE)


def reason_to_pass_over(tree: Element, body: Element, name: str, stated_title: str) -> str:
    """The reason why a page is no documentation, for display; empty if it is. The page itself gives the evidence."""
    stem = PurePosixPath(name.partition("?")[0]).stem
    text = squeeze(_shown_text(body))
    scripts = "".join(script.text() for script in tree.walk() if script.tag == "script")[:200_000]
    if _is_redirect(tree, text, scripts):
        return "redirects to another page"
    heading = _first_heading(body)
    if len(text) < _SHORT_ERROR_PAGE and (
        _NOT_FOUND.fullmatch(stated_title) or _NOT_FOUND.fullmatch(heading) or stem == "404"
    ):
        return "generated page for addresses that don't exist"
    if _is_search_page(body, text, stem, heading):
        return "generated search page"
    if _is_print_version(body, stem, name, scripts):
        return "print version of other pages"
    generator = _generator(tree)
    if _is_source_listing(body, name, stem, generator, heading):
        return "generated listing of source code"
    if _is_index(body, stem, generator, heading):
        return "generated index"
    return ""


def _is_redirect(tree: Element, text: str, scripts: str) -> bool:
    if len(text) > _SHORT_REDIRECT:
        return False
    refresh = tree.find(lambda element: element.tag == "meta" and element.attribute("http-equiv").lower() == "refresh")
    if refresh is not None and _REDIRECT.search(refresh.attribute("content")):
        return True
    return len(text) < _SHORT_REDIRECT and "redirect" in text.lower() and _SCRIPTED_REDIRECT.search(scripts) is not None


def _is_search_page(body: Element, text: str, stem: str, heading: str) -> bool:
    if body.find(lambda element: element.attribute("id") in ("SRIndex", "SRResults")):  # of Doxygen
        return True
    if len(text) > _SHORT or not (stem.lower() in ("search", "search-results") or _SEARCH.match(heading)):
        return False
    if body.find_tag("pre", "table", "dl"):
        return False
    by_script = "javascript" in text.lower() and _SEARCH.search(text) is not None
    results = body.find(
        lambda element: (
            "search" in element.attribute("id").lower() and element.tag in ("div", "form", "ul", "input", "section")
        )
    )
    asks = body.find(lambda element: element.attribute("role") == "search" or element.attribute("type") == "search")
    paragraphs = sum(1 for element in body.walk() if element.tag == "p" and len(squeeze(element.text())) > 80)
    return by_script or (
        (results is not None or asks is not None) and not paragraphs and heading.lower().startswith("search")
    )


def _is_print_version(body: Element, stem: str, name: str, scripts: str) -> bool:
    if body.find(lambda element: element.attribute("id") in ("print-site-page", "print-site-cover-page")):
        return True
    return _PRINTED.search(scripts) is not None and (
        stem.lower() in ("print", "print_page", "printable") or "/_print/" in f"/{name}"
    )


def _is_source_listing(body: Element, name: str, stem: str, generator: str, heading: str) -> bool:
    if body.has_class("rustdoc") and body.has_class("source", "src"):
        return True
    if body.find_class("viewcode-back") is not None and body.find(_titles_source) is not None:
        return True
    if "_modules/" in name and (
        heading.lower().startswith("source code for") or heading == "All modules for which code is available"
    ):
        return True
    if generator.startswith("doxygen") and (_SOURCE_NAMES.fullmatch(stem) or heading.lower().endswith("source file")):
        return True
    if heading.startswith("Source: ") and body.find(_is_numbered_source) is not None:  # of JSDoc
        return True
    return body.find_class("sourceLineNo", "source-line-no") is not None and body.find_tag(*HEADINGS) is None


def _is_numbered_source(element: Element) -> bool:
    return element.tag == "pre" and {"source", "linenums"} <= element.classes


def _titles_source(element: Element) -> bool:
    return element.tag == "h1" and squeeze(element.text()).lower().startswith("source code for")


def _is_index(body: Element, stem: str, generator: str, heading: str) -> bool:
    if not body.classes.isdisjoint(_JAVADOC_PAGES) or (
        generator.startswith("javadoc") and _JAVADOC_NAMES.fullmatch(stem)
    ):
        return True
    if generator.startswith("doxygen") and (
        _DOXYGEN_TITLES.fullmatch(heading) or body.find_class("directory") is not None
    ):
        return True
    if body.has_class("rustdoc") and heading.lower().startswith("list of all items"):
        return True
    if body.find_tag("pre") is not None:
        return False
    is_marked = body.find_class(*_INDEX_CLASSES) is not None or body.find(
        lambda element: element.tag in ("h1", "h2") and element.attribute("id") in ("index", "genindex", "modindex")
    )
    if not (is_marked or _INDEX_NAMES.fullmatch(stem)):
        return False
    return _is_mostly_links(body)


def _is_mostly_links(body: Element) -> bool:
    linked = letters = 0
    waiting: list[tuple[Element, bool]] = [(body, False)]
    while waiting:
        element, in_link = waiting.pop()
        for child in element.children:
            if isinstance(child, str):
                size = sum(map(str.isalnum, child))
                letters += size
                linked += size if in_link else 0
            elif child.tag not in ("script", "style", "nav", "h1", "h2", "h3", "h4"):
                waiting.append((child, in_link or child.tag == "a"))
    return linked > letters * _LINKED_SHARE and letters > 0


def _generator(tree: Element) -> str:
    """The generator that a page names, in lower case: `doxygen 1.9.4`; empty if unknown."""
    for element in tree.walk():
        if element.tag == "meta" and element.attribute("name").lower() == "generator":
            return element.attribute("content").lower()
        if element.tag == "body":
            break
    return ""


def _first_heading(body: Element) -> str:
    found = body.find(lambda element: element.tag in ("h1", "h2") or element.has_class("title", "headertitle"))
    return squeeze(found.text())[:200].rstrip("¶# ") if found is not None else ""


def _shown_text(body: Element) -> str:
    parts: list[str] = []
    waiting = [body]
    while waiting:
        element = waiting.pop()
        parts.extend(child for child in element.children if isinstance(child, str))
        waiting.extend(
            child
            for child in reversed(element.elements())
            if child.tag not in ("script", "style", "nav", "header", "footer", "template")
        )
    return " ".join(parts)
