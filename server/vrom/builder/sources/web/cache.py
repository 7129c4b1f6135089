"""Cache of fetched web pages, for the next build."""

import contextlib
import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Fetched:
    """A web page as received from a server."""

    url: str
    """Final URL, after redirects."""
    content: bytes
    content_type: str
    """Media type without parameters, in lower case: `text/html`."""
    charset: str = ""
    """Encoding stated beside the media type; empty if none is."""
    etag: str = ""
    last_modified: str = ""
    fetched_at: float = 0.0
    """Unix time in seconds."""

    @property
    def conditions(self) -> Mapping[str, str]:
        """Headers of a conditional request (RFC 9110, section 13.1)."""
        headers = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in headers.items() if value}


class PageCache:
    """Web pages by requested URL, one file each: a line of JSON, then the content. No folder, no cache."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    def load(self, url: str) -> Fetched | None:
        """The page last fetched from a URL; None if absent or unreadable."""
        if self._folder is None:
            return None
        with contextlib.suppress(OSError, ValueError, TypeError):
            head, _, content = self._file(url).read_bytes().partition(b"\n")
            return Fetched(content=content, **json.loads(head))
        return None

    def store(self, url: str, page: Fetched) -> None:
        """Store a page atomically."""
        if self._folder is None:
            return
        head = asdict(page)
        del head["content"]
        self._write(self._file(url), json.dumps(head).encode() + b"\n" + page.content)

    def start_crawl(self, crawl: str, now: float) -> float:
        """The start time of an interrupted crawl of this name; if there is none, record and return `now`."""
        if self._folder is None:
            return now
        file = self._crawl_file(crawl)
        with contextlib.suppress(OSError, ValueError):
            return float(file.read_text())
        self._write(file, str(now).encode())
        return now

    def finish_crawl(self, crawl: str) -> None:
        """Mark the crawl of this name as complete, so that the next one requests every page again."""
        if self._folder is not None:
            self._crawl_file(crawl).unlink(missing_ok=True)

    def _file(self, url: str) -> Path:
        assert self._folder is not None
        name = hashlib.sha256(url.encode()).hexdigest()
        return self._folder / name[:2] / name

    def _crawl_file(self, crawl: str) -> Path:
        return self._file(f"crawl {crawl}").with_suffix(".crawl")

    def _write(self, file: Path, content: bytes) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        beside = file.with_name(f"{file.name}.{os.getpid()}.part")
        beside.write_bytes(content)
        beside.replace(file)
