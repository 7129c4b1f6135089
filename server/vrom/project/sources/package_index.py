"""Python package index: the files of a release, by the simple repository API (PEP 503, PEP 691).

Nothing of a file is executed. Its digest must be one that the lock names, if it names any for such a file, else the
one that the index gives.
"""

import contextlib
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

import orjson
from packaging.utils import InvalidSdistFilename, InvalidWheelFilename, parse_sdist_filename, parse_wheel_filename
from packaging.version import InvalidVersion, Version

from vrom.errors import HubError, MismatchError, TransferError
from vrom.network.addresses import is_web, without_credentials
from vrom.network.download import Downloads, Progress, silent
from vrom.network.retry import tries
from vrom.project.dependency import Dependency
from vrom.storage.digest import sha256_of

_ACCEPT = "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1"
_LARGEST_PAGE = 100_000_000
"""Maximum bytes of an index's page about one project."""


@dataclass(frozen=True)
class ReleaseFile:
    """A file of a release."""

    name: str
    url: str
    sha256: str
    """In hex; empty if neither the lock nor the index gives one."""
    is_wheel: bool


class PackageIndex:
    """Package indexes, asked in this order, and the lock's own files."""

    def __init__(self, urls: Sequence[str], downloads: Downloads) -> None:
        self._urls = tuple(urls)
        self.downloads = downloads

    def find(self, dependency: Dependency) -> list[ReleaseFile]:
        """The files of a dependency's release, from the lock if it names their addresses, else from the first index.

        Raises `TransferError` if no index can be read.
        """
        digests = {one.digest.removeprefix("sha256:") for one in dependency.artifacts if one.digest}
        named = [
            file
            for one in dependency.artifacts
            if is_web(one.url) and (file := _release_file(one.url, one.digest.removeprefix("sha256:")))
        ]
        if named:
            return named
        urls = dict.fromkeys([dependency.index] if dependency.index else self._urls)
        failure: TransferError | None = None
        for url in filter(is_web, urls):
            try:
                found = [file for file in self._listed(url, dependency.name) if _is_of(file, dependency)]
            except TransferError as error:
                failure = failure or error
                continue
            if found:
                return [file for file in found if not digests or file.sha256 in digests]
        if failure:
            raise failure
        return []

    def fetch(self, file: ReleaseFile, into: Path, progress: Progress = silent) -> str:
        """Download a file to the path `into` and return its SHA-256 in hex.

        Raises `TransferError`, `HubError`, and `MismatchError` if it isn't the expected file.
        """
        self.downloads.fetch(file.url, into, progress=progress)
        found = sha256_of(into)
        if file.sha256 and found != file.sha256:
            into.unlink()
            raise MismatchError(
                f"{file.name} has SHA-256 {found[:12]}…, expected {file.sha256[:12]}…. It was discarded: "
                "the index serves another file than the project locks."
            )
        return found

    def _listed(self, index: str, name: str) -> Iterator[ReleaseFile]:
        url = f"{index.rstrip('/')}/{name}/"
        body, kind, place = b"", "", url
        for attempt in tries(self.downloads.network.sleep):
            with attempt, self.downloads.network.get(url, headers={"Accept": _ACCEPT}) as response:
                kind, place = response.headers.get("Content-Type", ""), str(response.url)
                parts: list[bytes] = []
                for part in response.iter_bytes():
                    parts.append(part)
                    if sum(map(len, parts[-1:])) > _LARGEST_PAGE:
                        raise HubError(f"{without_credentials(url)} is larger than {_LARGEST_PAGE:,} bytes.")
                body = b"".join(parts)
        links = _json_links(body) if "json" in kind else _html_links(body)
        for link, digest in links:
            if found := _release_file(urljoin(place, link), digest):
                yield found


def _is_of(file: ReleaseFile, dependency: Dependency) -> bool:
    with contextlib.suppress(InvalidVersion, InvalidWheelFilename, InvalidSdistFilename):
        name, version = parse_wheel_filename(file.name)[:2] if file.is_wheel else parse_sdist_filename(file.name)
        return name == dependency.name and version == Version(dependency.version)
    return False


def _release_file(url: str, digest: str) -> ReleaseFile | None:
    """A file by its address; None if it is neither a wheel nor a source distribution."""
    path, _, fragment = url.partition("#")
    name = unquote(urlsplit(path).path.rpartition("/")[2])
    sha256 = digest or (fragment.removeprefix("sha256=") if fragment.startswith("sha256=") else "")
    is_wheel = name.endswith(".whl")
    if not is_wheel and not name.endswith((".tar.gz", ".zip", ".tgz")):
        return None
    return ReleaseFile(name, path, sha256 if len(sha256) == hashlib.sha256().digest_size * 2 else "", is_wheel)


def _json_links(body: bytes) -> list[tuple[str, str]]:
    try:
        files: Any = orjson.loads(body)["files"]
        return [(str(file["url"]), str((file.get("hashes") or {}).get("sha256", ""))) for file in files]
    except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError) as error:
        raise TransferError("The package index answered with something else than the JSON of PEP 691.") from error


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep the target of a link."""
        if tag == "a" and (target := dict(attrs).get("href")):
            self.found.append(target)


def _html_links(body: bytes) -> list[tuple[str, str]]:
    parser = _Links()
    parser.feed(body.decode("utf-8", "replace"))
    return [(link, "") for link in parser.found]
