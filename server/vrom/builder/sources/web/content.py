"""The content of a fetched page: its documents, its links and the address that it states as its own."""

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import PurePosixPath
from urllib.parse import urljoin, urlsplit

from vrom.builder.document import Document
from vrom.builder.sources.files.kinds import BY_SUFFIX, Reader, find_by_content, has_long_lines, is_binary
from vrom.builder.sources.files.read import check_line_lengths, find_reader, read_markdown, read_plain_text
from vrom.builder.sources.formats.encodings.decode import NothingToReadError, decode, decode_content
from vrom.builder.sources.formats.html.page import find_links
from vrom.builder.sources.formats.llms_txt import is_full_text, read_full_text
from vrom.builder.sources.isolated import read_isolated
from vrom.builder.sources.web.cache import Fetched

_HTML = ("text/html", "application/xhtml+xml")
# Possessive quantifiers keep matching linear, even on a hostile page of 20 MB.
_LINK_ELEMENT = re.compile(rb"<link\b[^<>]{1,2000}+>", re.IGNORECASE)
_CANONICAL = re.compile(rb"\brel\s*=\s*[\"']?canonical\b", re.IGNORECASE)
_ADDRESS = re.compile(rb"\bhref\s*=\s*(?:\"([^\"]*+)\"|'([^']*+)'|([^\s\"'>]++))", re.IGNORECASE)
_HEAD = 200_000
"""Bytes of a page in which a canonical link is looked for."""


def read_page(page: Fetched, name: str, url: str) -> Iterator[Document]:
    """The documents of a web page, read by its content type or its name's suffix; `url` is their address.

    Raises `UnreadableError` if neither is a supported kind of documentation.
    """
    file = PurePosixPath(urlsplit(page.url).path).name
    read = find_reader(file) or find_by_content(file, io.BytesIO(page.content))
    if page.content_type == "application/pdf":
        read = BY_SUFFIX[".pdf"]
    if read is not None and is_binary(read) and not page.content_type.startswith("text/"):
        for document in read(page.content, name):
            yield replace(document, url=url)
        return
    decoded = decode_content(page.content, page.charset)
    for document in _read_text(decoded.text, page, name, url, read):
        yield document.with_remarks(decoded.remarks(page.url))


def _read_text(text: str, page: Fetched, name: str, url: str, read: Reader | None) -> Iterator[Document]:
    if page.content_type in _HTML:
        yield from read_isolated("html", text, name, url)
        return
    if read is None or not has_long_lines(read):
        check_line_lengths(text)
    if is_full_text(urlsplit(page.url).path):
        yield from read_full_text(text, name)
        return
    if page.content_type in ("text/markdown", "text/x-markdown"):
        read = read_markdown
    elif read is None and page.content_type == "text/plain":
        read = read_plain_text
    if read is None or is_binary(read):
        raise NothingToReadError(f"unsupported type {page.content_type or '(none stated)'}")
    for document in read(text, name):
        yield replace(document, url=document.url or url)


def find_page_links(page: Fetched) -> list[str]:
    """Absolute URLs that an HTML page links to; none if it can't be read."""
    if page.content_type not in _HTML:
        return []
    try:
        return find_links(decode(page.content, page.charset), page.url)
    except Exception:  # noqa: BLE001 - of the parser; reading the page names it
        return []


def find_canonical(page: Fetched) -> str:
    """The address that an HTML page states as its own, absolute (RFC 6596); empty if it states none."""
    if page.content_type not in _HTML:
        return ""
    for element in _LINK_ELEMENT.finditer(page.content[:_HEAD]):
        if _CANONICAL.search(element[0]) and (found := _ADDRESS.search(element[0])):
            try:
                return str(urljoin(page.url, found[found.lastindex or 0].decode(errors="replace").strip()))
            except ValueError:
                return ""
    return ""
    return ""
