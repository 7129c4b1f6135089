"""Python package index: the files of a release, by the simple repository API (PEP 503, PEP 691).

Nothing of a file is executed. Its digest must be one that the lock names, if it names any for such a file, else the
one that the index gives.
"""

import contextlib
import html
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

import orjson
from packaging.utils import InvalidSdistFilename, InvalidWheelFilename, parse_sdist_filename, parse_wheel_filename
from packaging.version import InvalidVersion, Version

from vrom.errors import MismatchError, TransferError
from vrom.format.versions import newest
from vrom.network.addresses import is_web, without_credentials
from vrom.network.download import Downloads, Progress, silent
from vrom.network.retry import tries
from vrom.project.dependency import Dependency
from vrom.project.sources.archive import LARGEST_ARCHIVE, has_digest
from vrom.storage.digest import sha256_of

_ACCEPT = "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1"
_LARGEST_PAGE = 50_000_000
"""Maximum bytes of an index's page about one project. The largest ones of the public index have 10 MB."""
_PAGE_SECONDS = 120.0
"""Maximum time for such a page."""
_FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+!~-]{0,249}")
_LINK = re.compile(
    r"""<a\s[^<>]{0,4000}?\bhref\s{0,9}=\s{0,9}(?:"([^"<>]{1,4000})"|'([^'<>]{1,4000})')""", re.IGNORECASE
)
_MOST_FILES = 100_000


@dataclass(frozen=True)
class ReleaseFile:
    """A file of a release."""

    name: str
    url: str
    digest: str
    """`sha256:…` in hex; empty if neither the lock nor the index gives one."""
    is_wheel: bool
    index: str = ""
    """Address of the index that lists it; empty if the lock names its address."""


class PackageIndex:
    """Package indexes, asked in this order, and the lock's own files."""

    def __init__(self, urls: Sequence[str], downloads: Downloads) -> None:
        self._urls = tuple(urls)
        self.downloads = downloads

    def find(self, dependency: Dependency) -> list[ReleaseFile]:
        """The files of a dependency's release, from the lock if it names their addresses, else from the first index.

        Raises `TransferError` if no index can be read.
        """
        digests = {one.digest for one in dependency.artifacts if one.digest}
        named = [
            file for one in dependency.artifacts if is_web(one.url) and (file := _release_file(one.url, one.digest))
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
                return [file for file in found if not digests or file.digest in digests]
        if failure:
            raise failure
        return []

    def find_newest(self, name: str) -> str:
        """Find the newest version of a distribution, a pre-release only if there is nothing else; empty if none has it.

        Raises `TransferError` if no index can be read.
        """
        failure: TransferError | None = None
        for url in filter(is_web, self._urls):
            try:
                versions = {version for file in self._listed(url, name) if (version := _version_of(file, name))}
            except TransferError as error:
                failure = failure or error
                continue
            if versions:
                return newest(versions) or ""
        if failure:
            raise failure
        return ""

    def fetch(self, file: ReleaseFile, into: Path, progress: Progress = silent) -> str:
        """Download a file to the path `into` and return its SHA-256 in hex.

        Raises `TransferError`, `HubError`, and `MismatchError` if it isn't the expected file.
        """
        self.downloads.fetch(file.url, into, named_by=file.index, limit=LARGEST_ARCHIVE, progress=progress)
        if file.digest and not has_digest(into, file.digest):
            into.unlink()
            raise MismatchError(
                f"{file.name} doesn't have the digest {file.digest[:20]}…. It was discarded: "
                "the index serves another file than the project locks."
            )
        return sha256_of(into)

    def _listed(self, index: str, name: str) -> Iterator[ReleaseFile]:
        url = f"{index.rstrip('/')}/{name}/"
        body, kind, place = b"", "", url
        for attempt in tries(self.downloads.network.sleep):
            with attempt, self.downloads.network.get(url, headers={"Accept": _ACCEPT}) as response:
                kind, place = response.headers.get("Content-Type", ""), str(response.url)
                body = _read_page(response.iter_bytes(), url)
        links = _json_links(body) if "json" in kind else _html_links(body)
        for link, digest in links[:_MOST_FILES]:
            with contextlib.suppress(ValueError):  # what no URL can be
                if found := _release_file(urljoin(place, link), digest):
                    yield replace(found, index=url)


def _read_page(blocks: Iterator[bytes], url: str) -> bytes:
    """The bytes of a page. Raises `TransferError` if they are too many, or take too long."""
    page, end = bytearray(), time.monotonic() + _PAGE_SECONDS
    for block in blocks:
        page += block
        if len(page) > _LARGEST_PAGE:
            raise TransferError(f"{without_credentials(url)} is larger than {_LARGEST_PAGE:,} bytes.")
        if time.monotonic() > end:
            raise TransferError(f"{without_credentials(url)} took more than {_PAGE_SECONDS:.0f} s.")
    return bytes(page)


def _version_of(file: ReleaseFile, name: str) -> str:
    """The version in a file's name; empty if the file isn't one of the distribution `name`."""
    with contextlib.suppress(InvalidVersion, InvalidWheelFilename, InvalidSdistFilename):
        found, version = parse_wheel_filename(file.name)[:2] if file.is_wheel else parse_sdist_filename(file.name)
        return str(version) if found == name else ""
    return ""


def _is_of(file: ReleaseFile, dependency: Dependency) -> bool:
    with contextlib.suppress(InvalidVersion, InvalidWheelFilename, InvalidSdistFilename):
        name, version = parse_wheel_filename(file.name)[:2] if file.is_wheel else parse_sdist_filename(file.name)
        return name == dependency.name and version == Version(dependency.version)
    return False


def _release_file(url: str, digest: str) -> ReleaseFile | None:
    """A file by its address; None if it is neither a wheel nor a source distribution."""
    path, _, fragment = url.partition("#")
    name = unquote(urlsplit(path).path.rpartition("/")[2])
    is_wheel = name.endswith(".whl")
    if not _FILE_NAME.fullmatch(name) or not (is_wheel or name.endswith((".tar.gz", ".zip", ".tgz"))):
        return None
    if not digest and fragment.startswith("sha256="):
        digest = fragment.replace("=", ":", 1)
    return ReleaseFile(name, path, digest, is_wheel)


def _json_links(body: bytes) -> list[tuple[str, str]]:
    try:
        files: Any = orjson.loads(body)["files"]
        hashes = [(str(file["url"]), (file.get("hashes") or {}).get("sha256")) for file in files]
        return [(url, f"sha256:{sha256}" if sha256 else "") for url, sha256 in hashes]
    except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError) as error:
        raise TransferError("The package index answered with something else than the JSON of PEP 691.") from error


def _html_links(body: bytes) -> list[tuple[str, str]]:
    found = _LINK.finditer(body.decode("utf-8", "replace"))
    return [(html.unescape(one[1] or one[2]), "") for one in islice(found, _MOST_FILES)]
