"""Documentation on the web: one page, the pages of a sitemap or an `llms.txt`, or all pages below a URL."""

import gzip
import html
import io
import mimetypes
import re
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import PurePosixPath
from urllib.parse import unquote, urljoin, urlsplit

from vrom.builder.document import Document, Skipped
from vrom.builder.sources.extra import MissingExtraError
from vrom.builder.sources.files import add_prefix, check_line_lengths, find_reader, read_markdown, read_plain_text
from vrom.builder.sources.formats.decode import UnreadableError, decode, decode_content
from vrom.builder.sources.formats.html.page import find_links
from vrom.builder.sources.formats.llms_txt import is_full_text, read_full_text
from vrom.builder.sources.isolated import read_isolated
from vrom.builder.sources.kinds import BY_SUFFIX, Reader, find_by_content, has_long_lines, is_binary
from vrom.builder.sources.web.cache import Fetched, PageCache
from vrom.builder.sources.web.fetch import LARGEST_PAGE, Fetcher
from vrom.builder.sources.web.options import WebOptions
from vrom.errors import TransferError

# Possessive quantifiers keep matching linear, even on a hostile page of 20 MB.
_MARKDOWN_LINK = re.compile(r"\]\(([^\s()]++)\)")
_SITEMAP_LOCATION = re.compile(r"<loc>(?:\s*+<!\[CDATA\[)?([^<]*+)")
_DEEPEST_SITEMAP = 3


def is_address(source: str) -> bool:
    """True if a source is an HTTP or HTTPS URL."""
    return source.startswith(("http://", "https://"))


def read_web(start: str, prefix: str = "", options: WebOptions | None = None) -> Iterator[Document | Skipped]:
    """Read the documents at a URL: a page, a sitemap or an `llms.txt`. Each is named by its path on the site.

    A page that can't be fetched is `Skipped` with `failed` set. Raises `MissingExtraError` without the extra.
    """
    options = options or WebOptions()
    cache = PageCache(options.cache)
    name = f"{start} {options.crawl} {options.include} {options.exclude}"
    fetcher = Fetcher(start, options, since=cache.start_crawl(name, time.time()))
    try:
        yield from _WebReader(start, prefix, options, fetcher).documents()
    finally:
        fetcher.close()
    cache.finish_crawl(name)


class _WebReader:
    """State of reading one source: the URLs already requested, and the pages already read."""

    def __init__(self, start: str, prefix: str, options: WebOptions, fetcher: Fetcher) -> None:
        self._start, self._prefix, self._options, self._fetcher = start, prefix, options, fetcher
        self._asked: set[str] = set()
        self._seen: set[str] = set()

    def documents(self) -> Iterator[Document | Skipped]:
        """The documents at the start URL and at all URLs reached from it."""
        path = urlsplit(self._start).path
        if PurePosixPath(path).name.startswith("sitemap") and path.endswith((".xml", ".xml.gz")):
            yield from self._list(self._locations(self._start, _DEEPEST_SITEMAP))
        elif PurePosixPath(path).name == "llms.txt":
            yield from self._list(self._pages_of_llms())
        elif self._options.crawl:
            yield from self._crawl()
        else:
            yield from self._list([self._start])

    def _list(self, urls: Iterable[str | Skipped]) -> Iterator[Document | Skipped]:
        for url in urls:
            if isinstance(url, Skipped):
                yield url
            elif url == self._start or self._is_wanted(url):
                if len(self._asked) >= self._options.max_pages:
                    yield Skipped(url, f"only the first {self._options.max_pages:,} pages were read", failed=True)
                    return
                yield from self._page(url)

    def _is_wanted(self, url: str) -> bool:
        return url not in self._asked and self._options.wants(url)

    def _page(self, url: str) -> Iterator[Document | Skipped]:
        fetched = self._fetched(url)
        yield from [fetched] if isinstance(fetched, Skipped) else self._read(fetched)

    def _fetched(self, url: str) -> Fetched | Skipped:
        self._asked.add(url)
        try:
            return self._fetcher.fetch(url)
        except TransferError as error:
            return Skipped(url, str(error), failed=True)

    def _read(self, page: Fetched) -> Iterator[Document | Skipped]:
        if page.url in self._seen:
            return  # another URL already led to this page
        self._seen.add(page.url)
        self._asked.add(page.url)
        name = add_prefix(self._prefix, document_name(page.url))
        try:
            yield from _read_documents(page, name)
        except (UnreadableError, MissingExtraError) as error:
            yield Skipped(page.url, str(error))

    def _crawl(self) -> Iterator[Document | Skipped]:
        """The start page and all pages reached by links from it, breadth first."""
        level, scope = [self._start], self._start
        for depth in range(self._options.max_depth + 1):
            found: dict[str, None] = {}
            for url in level:
                if len(self._asked) >= self._options.max_pages:
                    yield Skipped(url, f"only the first {self._options.max_pages:,} pages were read", failed=True)
                    return
                fetched = self._fetched(url)
                if isinstance(fetched, Skipped):
                    yield fetched
                    continue
                if url == self._start:
                    scope = fetched.url
                if not is_below(fetched.url, scope):
                    yield Skipped(url, f"redirects to {fetched.url}, which is not below {scope}")
                    continue
                yield from self._read(fetched)
                found.update(dict.fromkeys(_find_links(fetched)))
            if depth < self._options.max_depth:
                level = [url for url in found if is_below(url, scope) and _is_page(url) and self._is_wanted(url)]

    def _locations(self, sitemap: str, depth: int) -> Iterator[str | Skipped]:
        """The URLs in a sitemap (sitemaps.org), and in the sitemaps that it lists, up to `depth` levels."""
        if len(self._asked) >= self._options.max_pages:
            yield Skipped(sitemap, f"only the first {self._options.max_pages:,} pages were read", failed=True)
            return
        fetched = self._fetched(sitemap)
        if isinstance(fetched, Skipped):
            yield fetched
            return
        text = _decompress(fetched.content).decode(errors="replace")
        found = [address.strip().removesuffix("]]>").strip() for address in _SITEMAP_LOCATION.findall(text)]
        locations = [urljoin(fetched.url, html.unescape(address)) for address in found if address]
        if "<sitemapindex" not in text:
            yield from locations
        elif depth:
            for location in locations:
                yield from self._locations(location, depth - 1)

    def _pages_of_llms(self) -> Iterator[str | Skipped]:
        """The URLs on the same site that an `llms.txt` (llmstxt.org) lists."""
        fetched = self._fetched(self._start)
        if isinstance(fetched, Skipped):
            yield fetched
            return
        host = urlsplit(fetched.url).netloc
        for found in _MARKDOWN_LINK.findall(fetched.content.decode(errors="replace")):
            url = urljoin(fetched.url, found).partition("#")[0]
            if urlsplit(url).netloc == host and _is_page(url):
                yield url


def document_name(url: str) -> str:
    """The document name of a web page: its path on the site, with the URL's query string, if any."""
    parts = urlsplit(url)
    path = unquote(parts.path).lstrip("/")
    name = path + "index" if not path or path.endswith("/") else path
    return f"{name}?{parts.query}" if parts.query else name


def is_below(url: str, scope: str) -> bool:
    """True if `url` is on the same site as `scope`, in its folder or below."""
    parts, within = urlsplit(url), urlsplit(scope)
    folder = within.path if "." not in PurePosixPath(within.path).name else within.path.rpartition("/")[0]
    folder = folder.rstrip("/")
    same_site = (parts.scheme, parts.netloc) == (within.scheme, within.netloc)
    return same_site and (parts.path.rstrip("/") == folder or parts.path.startswith(folder + "/"))


def _is_page(url: str) -> bool:
    """True if a URL's suffix may be that of a page, not that of an image or archive."""
    kind, encoding = mimetypes.guess_type(urlsplit(url).path)
    return encoding is None and (kind is None or kind.startswith("text/") or kind.endswith("xml"))


def _read_documents(page: Fetched, name: str) -> Iterator[Document]:
    """The documents of a web page, read by its content type or its name's suffix.

    Raises `UnreadableError` if neither is a supported kind of documentation.
    """
    file = PurePosixPath(urlsplit(page.url).path).name
    read = find_reader(file) or find_by_content(file, io.BytesIO(page.content))
    if page.content_type == "application/pdf":
        read = BY_SUFFIX[".pdf"]
    if read is not None and is_binary(read) and not page.content_type.startswith("text/"):
        for document in read(page.content, name):
            yield replace(document, url=page.url)
        return
    decoded = decode_content(page.content, page.charset)
    for document in _read_text(decoded.text, page, name, read):
        yield document.with_remarks(decoded.remarks(page.url))


def _read_text(text: str, page: Fetched, name: str, read: Reader | None) -> Iterator[Document]:
    if page.content_type in ("text/html", "application/xhtml+xml"):
        yield from read_isolated("html", text, name, page.url)
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
        raise UnreadableError(f"unsupported type {page.content_type or '(none stated)'}")
    for document in read(text, name):
        yield replace(document, url=document.url or page.url)


def _find_links(page: Fetched) -> list[str]:
    if page.content_type not in ("text/html", "application/xhtml+xml"):
        return []
    try:
        return find_links(decode(page.content, page.charset), page.url)
    except UnreadableError:
        return []


def _decompress(content: bytes) -> bytes:
    """The content, decompressed up to `LARGEST_PAGE` bytes if it is gzip; empty if it is damaged."""
    if not content.startswith(b"\x1f\x8b"):
        return content
    try:
        with gzip.open(io.BytesIO(content)) as file:
            return file.read(LARGEST_PAGE)
    except (OSError, EOFError):
        return b""
