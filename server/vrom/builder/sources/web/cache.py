"""Pages of the web as they were fetched, kept for the next build."""

import contextlib
import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Fetched:
    """A page as a server gave it."""

    url: str
    """Where it was found in the end, after redirects."""
    content: bytes
    content_type: str
    """Without parameters, in lower case: `text/html`."""
    etag: str = ""
    last_modified: str = ""
    fetched_at: float = 0.0
    """Seconds since 1970."""

    @property
    def conditions(self) -> Mapping[str, str]:
        """Headers that ask for the page only if it has changed (RFC 9110, section 13.1)."""
        headers = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in headers.items() if value}


class PageCache:
    """Pages by the address they were asked for: each is a file in a folder, a line of JSON and then the content."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    def load(self, url: str) -> Fetched | None:
        """The page last fetched from an address; None if there is none, or it can't be read."""
        if self._folder is None:
            return None
        with contextlib.suppress(OSError, ValueError, TypeError):
            head, _, content = self._file(url).read_bytes().partition(b"\n")
            return Fetched(content=content, **json.loads(head))
        return None

    def store(self, url: str, page: Fetched) -> None:
        """Keep a page. It appears whole or not at all."""
        if self._folder is None:
            return
        head = asdict(page)
        del head["content"]
        self._write(self._file(url), json.dumps(head).encode() + b"\n" + page.content)

    def begun(self, crawl: str, now: float) -> float:
        """When an unfinished crawl of this name began: now, unless it was interrupted before."""
        if self._folder is None:
            return now
        file = self._crawl_file(crawl)
        with contextlib.suppress(OSError, ValueError):
            return float(file.read_text())
        self._write(file, str(now).encode())
        return now

    def finished(self, crawl: str) -> None:
        """The crawl of this name came to its end: the next one asks for every page again."""
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
