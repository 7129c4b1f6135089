"""How pages of the web are fetched."""

from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from urllib.parse import urlsplit


@dataclass(frozen=True)
class WebOptions:
    """What a build may fetch, and how politely."""

    crawl: bool = False
    """Whether to follow a page's links, on the same site and below the same path."""
    max_pages: int = 1_000
    max_depth: int = 10
    """Links to follow one after the other from the first page."""
    include: tuple[str, ...] = ()
    """Patterns of addresses or their paths (`*/guide/*`); without any, everything."""
    exclude: tuple[str, ...] = ()
    allow_private: bool = False
    """Whether addresses of this machine and of private networks may be fetched."""
    pause: float = 0.2
    """Seconds between two requests to a site, unless its robots.txt asks for more."""
    cache: Path | None = None
    """Where pages are kept, so that the next build fetches only what has changed, and an interrupted one goes on."""

    def wants(self, url: str) -> bool:
        """Whether `include` and `exclude` let an address through."""
        names = (url, urlsplit(url).path)
        return (not self.include or _match(names, self.include)) and not _match(names, self.exclude)


def _match(names: Iterable[str], patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns for name in names)
