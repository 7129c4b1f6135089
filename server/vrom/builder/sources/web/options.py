"""Options for fetching web pages."""

from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from urllib.parse import urlsplit


@dataclass(frozen=True)
class WebOptions:
    """Scope and pace of a build's requests."""

    crawl: bool = False
    """Follow a page's links, on the same site and below the same path."""
    max_pages: int = 1_000
    max_depth: int = 10
    """Maximum number of links from the first page to another."""
    include: tuple[str, ...] = ()
    """Patterns of URLs or their paths (`*/guide/*`); empty includes everything."""
    exclude: tuple[str, ...] = ()
    allow_private: bool = False
    """Permit addresses of this machine and of private networks."""
    pause: float = 0.2
    """Minimum seconds between two requests to a site, unless its robots.txt demands more."""
    cache: Path | None = None
    """Folder of cached pages, so that the next build fetches only changed pages, and an interrupted one resumes."""

    def wants(self, url: str) -> bool:
        """True if `include` and `exclude` permit a URL."""
        names = (url, urlsplit(url).path)
        return (not self.include or _match(names, self.include)) and not _match(names, self.exclude)


def _match(names: Iterable[str], patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns for name in names)
