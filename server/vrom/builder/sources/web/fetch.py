"""Fetch web pages one at a time: with pauses, size limits, robots.txt and conditional requests."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from vrom.builder.sources.extra import import_extra
from vrom.builder.sources.web.cache import Fetched, PageCache
from vrom.builder.sources.web.options import WebOptions
from vrom.errors import TransferError
from vrom.network.addresses import IPAddress, not_public, origin_of, reaches_private, without_credentials
from vrom.network.client import Network
from vrom.network.retry import tries

if TYPE_CHECKING:
    import httpx2

LARGEST_PAGE = 20_000_000
"""Maximum bytes of a page; larger pages are refused."""
LONGEST_PAUSE = 10.0
"""Maximum seconds between requests that a robots.txt can demand."""

_ATTEMPTS = 3
_NAME = "vrom"


class DisallowedError(TransferError):
    """A site's robots.txt doesn't permit fetching a page."""


class Fetcher:
    """Fetches the pages of one source. Requests to private addresses are refused unless allowed."""

    def __init__(
        self, start: str, options: WebOptions, since: float, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        """`start` is the URL that the user gave. Pages cached at or after `since` are not requested again."""
        self._start, self._options, self._since, self._sleep = start, options, since, sleep
        is_private = _nothing if options.allow_private else not_public
        self._is_private = is_private
        self._network = Network(is_private=is_private, sleep=sleep)
        self._cache = PageCache(options.cache)
        self._robots: dict[str, Any] = {}
        self._last: dict[str, float] = {}

    def close(self) -> None:
        """Close the connections."""
        self._network.close()

    def allows(self, url: str) -> bool:
        """True if the site's robots.txt (RFC 9309) permits fetching a URL. Raises `TransferError` if it can't tell."""
        return bool(self._rules(url).can_fetch(url, _NAME))

    def fetch(self, url: str) -> Fetched:
        """A page, from the site or the cache. Raises `TransferError`, worded for the list of missing documents.

        It is a `DisallowedError` if robots.txt (RFC 9309) doesn't permit it.
        """
        cached = self._cache.load(url)
        if cached and cached.fetched_at >= self._since:
            return cached
        rules = self._rules(url)
        if not rules.can_fetch(url, _NAME):
            raise DisallowedError("disallowed by the site's robots.txt")
        delay = rules.crawl_delay(_NAME) or 0.0
        page = self._get(url, cached, max(self._options.pause, min(float(delay), LONGEST_PAUSE)))
        self._cache.store(url, page)
        return page

    def _get(self, url: str, cached: Fetched | None = None, pause: float = 0.0) -> Fetched:
        host = urlsplit(url).hostname or ""
        if reaches_private(host, self._is_private):
            raise TransferError(f"{host} is a private address. Use --allow-private to fetch from it.")
        try:
            for attempt in tries(self._sleep, _ATTEMPTS):
                with attempt:
                    self._wait(host, pause)
                    headers = cached.conditions if cached else {}
                    with self._network.get(url, named_by=self._start, headers=headers) as response:
                        return _read(response, cached)
        except TransferError as error:
            status = f"status {error.status}" if error.status else str(error)
            raise TransferError(status, status=error.status) from error
        raise AssertionError  # the last attempt returns or raises

    def _wait(self, host: str, pause: float) -> None:
        now = time.monotonic()
        rest = self._last.get(host, now - pause) + pause - now
        if rest > 0:
            self._sleep(rest)
        self._last[host] = time.monotonic()

    def _rules(self, url: str) -> Any:
        site = origin_of(url)
        if site not in self._robots:
            protego = import_extra("protego", "Reading web pages").Protego
            parts = urlsplit(url)
            try:
                text = self._get(f"{parts.scheme}://{parts.netloc}/robots.txt").content.decode(errors="replace")
            except TransferError as error:
                if not 400 <= error.status < 500:
                    problem = f"the site's robots.txt returned {error}" if error.status else str(error)
                    raise TransferError(problem, status=error.status) from error
                text = ""
            self._robots[site] = protego.parse(text)
        return self._robots[site]


def _nothing(_: IPAddress) -> bool:
    return False


def _read(response: "httpx2.Response", cached: Fetched | None) -> Fetched:
    if response.status_code == 304 and cached:
        return Fetched(**{**vars(cached), "fetched_at": time.time()})
    content = bytearray()
    for part in response.iter_bytes():
        content += part
        if len(content) > LARGEST_PAGE:
            raise TransferError(f"larger than {LARGEST_PAGE:,} bytes")
    headers = response.headers
    return Fetched(
        url=without_credentials(str(response.url)),
        content=bytes(content),
        content_type=headers.get("Content-Type", "").partition(";")[0].strip().lower(),
        charset=response.charset_encoding or "",
        etag=headers.get("ETag", ""),
        last_modified=headers.get("Last-Modified", ""),
        fetched_at=time.time(),
    )
