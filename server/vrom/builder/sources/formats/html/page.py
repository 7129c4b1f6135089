"""Convert HTML to Markdown: the main content, without navigation, headers and footers."""

from collections.abc import Iterator
from urllib.parse import urljoin

from vrom.builder.document import Document, Remark
from vrom.builder.sources.formats.encodings.decode import NothingToReadError
from vrom.builder.sources.formats.html.main_content import find_main_content, take_title_from_outside
from vrom.builder.sources.formats.html.passed_over import reason_to_pass_over
from vrom.builder.sources.formats.html.rewrite.api.flags import write_flags
from vrom.builder.sources.formats.html.rewrite.api.members import write_members
from vrom.builder.sources.formats.html.rewrite.api.page_language import find_page_language
from vrom.builder.sources.formats.html.rewrite.api.parameters import write_parameters
from vrom.builder.sources.formats.html.rewrite.api.source_listings import drop_source_listings
from vrom.builder.sources.formats.html.rewrite.asides import write_asides
from vrom.builder.sources.formats.html.rewrite.code_blocks import write_code_blocks
from vrom.builder.sources.formats.html.rewrite.furniture import drop_furniture, drop_never_shown, drop_page_header
from vrom.builder.sources.formats.html.rewrite.structure import write_structure
from vrom.builder.sources.formats.html.rewrite.tabs import write_tab_labels
from vrom.builder.sources.formats.html.title import find_title, promote_title, stated_title
from vrom.builder.sources.formats.html.tree import Element, parse_html, parse_tree
from vrom.builder.sources.formats.html.write.blocks import BlockWriter
from vrom.builder.sources.formats.titles import title_from_name


def read_html(text: str, name: str, url: str = "") -> Iterator[Document]:
    """Read an HTML document.

    Raises `NothingToReadError` if it has no text besides scripts and navigation, or if it is a generated index, a
    search page, a print version, a redirect or the like, and `UnreadableError` if it is nested too deeply.
    """
    tree = parse_tree(text)
    address = url or _find_canonical_url(tree)
    stated = stated_title(tree)
    body = tree.find_tag("body")
    if body is None:
        raise NothingToReadError("no text besides scripts and navigation")
    if reason := reason_to_pass_over(tree, body, name, stated):
        raise NothingToReadError(reason)
    language = find_page_language(tree, body)
    content, remarks = _read_content(body, language, stated)
    title = find_title(content, stated)
    markdown = BlockWriter(address).document(content)
    if not markdown.strip():
        raise NothingToReadError("no text besides scripts and navigation")
    yield Document(name, markdown, title or title_from_name(name), address, remarks=remarks)


def _read_content(body: Element, language: str, stated: str) -> tuple[Element, tuple[Remark, ...]]:
    """The main content as plain HTML: headings, paragraphs, lists, tables, quotes and code; what was left out."""
    drop_never_shown(body)
    content = find_main_content(body)
    take_title_from_outside(content, body, stated)
    write_tab_labels(content)
    if content is body or content.find_tag("main", "article", "section") is None:
        drop_page_header(content)
    remarks = drop_source_listings(content)
    drop_furniture(content)
    write_flags(content)
    write_parameters(content)
    write_code_blocks(content, language)
    write_asides(content)
    promote_title(content)
    write_structure(content)
    write_members(content, language)
    return content, remarks


def find_links(text: str, url: str) -> list[str]:
    """Absolute URLs that an HTML document links to, in order, without fragments and duplicates.

    Raises `UnreadableError` if the document is nested too deeply.
    """
    tree = parse_html(text)
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


def _find_canonical_url(tree: Element) -> str:
    """The canonical URL stated in the document; empty if absent."""
    link = tree.find(lambda element: element.tag == "link" and element.attribute("rel").lower() == "canonical")
    address = link.attribute("href") if link is not None else ""
    return address if address.startswith(("http://", "https://")) else ""
