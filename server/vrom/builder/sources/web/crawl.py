"""Documentation on the web: one page, the pages of a sitemap or an `llms.txt`, or all pages below a URL."""

import gzip
import html
import io
import re
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import PurePosixPath
from urllib.parse import urljoin, urlsplit

from vrom.builder.document import Document, Skipped
from vrom.builder.sources.files.read import add_prefix, skip_unreadable
from vrom.builder.sources.web.cache import Fetched, PageCache
from vrom.builder.sources.web.content import find_canonical, find_page_links, read_page
from vrom.builder.sources.web.fetch import LARGEST_PAGE, DisallowedError, Fetcher
from vrom.builder.sources.web.options import WebOptions
from vrom.builder.sources.web.urls import (
    document_name,
    is_below,
    is_page,
    is_valid,
    page_key,
    site_of,
    without_tracking,
)
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
    """State of reading one source: the pages already requested, and those already read, by `page_key`."""

    def __init__(self, start: str, prefix: str, options: WebOptions, fetcher: Fetcher) -> None:
        self._start, self._prefix, self._options, self._fetcher = start, prefix, options, fetcher
        self._requests = 0
        self._asked: set[str] = set()
        self._seen: set[str] = set()

    def documents(self) -> Iterator[Document | Skipped]:
        """The documents at the start URL and at all URLs reached from it."""
        if not is_valid(self._start):
            yield Skipped(self._start, "not a valid URL", failed=True)
            return
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
        beyond = 0
        for url in urls:
            if isinstance(url, Skipped):
                yield url
            elif url == self._start or self._is_wanted(url):
                if self._is_full:
                    beyond += 1
                else:
                    yield from self._page(url)
        if beyond:
            yield self._skip_beyond(beyond)

    @property
    def _is_full(self) -> bool:
        return self._requests >= self._options.max_pages

    def _skip_beyond(self, count: int) -> Skipped:
        reason = f"only the first {self._options.max_pages:,} pages were read"
        return Skipped(self._start, reason, lost=True, count=count, way_round="set --max-pages")

    def _is_wanted(self, url: str) -> bool:
        return is_valid(url) and page_key(url) not in self._asked and self._options.wants(url)

    def _page(self, url: str) -> Iterator[Document | Skipped]:
        fetched = self._fetched(url)
        if isinstance(fetched, Skipped):
            yield fetched
        elif url != self._start and site_of(fetched.url) != site_of(url):
            yield Skipped(url, f"redirects to {fetched.url}, on another site")
        else:
            yield from self._read(fetched)

    def _fetched(self, url: str) -> Fetched | Skipped:
        self._asked.add(page_key(url))
        self._requests += 1
        try:
            return self._fetcher.fetch(url)
        except DisallowedError as error:
            is_start = url == self._start
            return Skipped(url, str(error), failed=is_start, lost=not is_start)
        except TransferError as error:
            return Skipped(url, str(error), failed=True)

    def _read(self, page: Fetched) -> Iterator[Document | Skipped]:
        url = self._own_address(page)
        if page_key(url) in self._seen:
            return  # another URL already led to this page
        keys = {page_key(url), page_key(page.url)}
        self._seen |= keys
        self._asked |= keys
        name = add_prefix(self._prefix, document_name(url))
        try:
            yield from read_page(page, name, url)
        except Exception as error:  # noqa: BLE001 - of the document's reader; the page is named, and the rest is read
            yield skip_unreadable(page.url, error)

    def _own_address(self, page: Fetched) -> str:
        """The page's URL without tracking, or its canonical one if that differs in nothing but the query.

        Sites that state the start page as canonical of every page would lose all others if it counted further.
        """
        own = without_tracking(page.url)
        canonical = find_canonical(page)
        if not is_valid(canonical):
            return own
        is_same_path = page_key(canonical.partition("?")[0]) == page_key(own.partition("?")[0])
        return without_tracking(canonical) if is_same_path else own

    def _crawl(self) -> Iterator[Document | Skipped]:
        """The start page and all pages reached by links from it, breadth first."""
        level, scope = [self._start], self._start
        for depth in range(self._options.max_depth + 1):
            found: dict[str, str] = {}
            for place, url in enumerate(level):
                if self._is_full:
                    beyond = {page_key(other) for other in level[place:]} | found.keys()
                    if count := len(beyond - self._asked):
                        yield self._skip_beyond(count)
                    return
                if url != self._start and page_key(url) in self._asked:
                    continue  # another page redirected to it
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
                if depth < self._options.max_depth:
                    for link in self._links_below(fetched, scope):
                        found.setdefault(page_key(link), link)
            level = list(found.values())

    def _links_below(self, page: Fetched, scope: str) -> Iterator[str]:
        """The pages below `scope` that a page links to and that are wanted, under the site's own scheme and host."""
        own = urlsplit(scope)
        for link in find_page_links(page):
            if is_valid(link) and is_page(link) and is_below(link, scope):
                url = urlsplit(without_tracking(link))._replace(scheme=own.scheme, netloc=own.netloc).geturl()
                if self._is_wanted(url):
                    yield url

    def _locations(self, sitemap: str, depth: int) -> Iterator[str | Skipped]:
        """The URLs in a sitemap (sitemaps.org), and in the sitemaps that it lists, up to `depth` levels."""
        if self._is_full:
            yield replace(self._skip_beyond(1), name=sitemap)
            return
        fetched = self._fetched(sitemap)
        if isinstance(fetched, Skipped):
            yield fetched
            return
        text = _decompress(fetched.content).decode(errors="replace")
        found = [address.strip().removesuffix("]]>").strip() for address in _SITEMAP_LOCATION.findall(text)]
        joined = [_join(fetched.url, html.unescape(address)) for address in found if address]
        locations = list(dict.fromkeys(filter(None, joined)))
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
        for found in _MARKDOWN_LINK.findall(fetched.content.decode(errors="replace")):
            url = _join(fetched.url, found)
            if url and site_of(url) == site_of(fetched.url) and is_page(url):
                yield url


def _join(base: str, address: str) -> str:
    """An absolute web URL without tracking; empty for an address that is none."""
    try:
        url = without_tracking(urljoin(base, address))
    except ValueError:
        return ""
    return url if is_address(url) and is_valid(url) else ""


def _decompress(content: bytes) -> bytes:
    """The content, decompressed up to `LARGEST_PAGE` bytes if it is gzip; empty if it is damaged."""
    if not content.startswith(b"\x1f\x8b"):
        return content
    try:
        with gzip.open(io.BytesIO(content)) as file:
            return file.read(LARGEST_PAGE)
    except (OSError, EOFError):
        return b""
