"""Packages on offer: in a registry, at a web address, in a folder or an archive."""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from urllib.parse import quote, urljoin

from vrom.errors import HubError, TransferError
from vrom.format.manifest import LARGEST_MANIFEST, read_manifest
from vrom.network.addresses import is_web, without_credentials
from vrom.network.download import Digest, Downloads, Progress, silent
from vrom.registry.install import Offer
from vrom.registry.offers.archive import is_archive, unpack
from vrom.registry.offers.files import copy_file, scratch, unpack_gzip
from vrom.registry.pulled_json import Origin, package_digests, package_files
from vrom.registry.registry import Found
from vrom.registry.registry_json import ROLES, TOKENS, CompressedFile
from vrom.storage.atomic import write_file

_OPTIONAL = ("chunks", TOKENS)
"""Roles of the files that a package may lack."""
Bring = Callable[[str, Path, Progress], bool]
"""Puts the file of a role to a path; False where there is none."""


def from_registry(found: Found, downloads: Downloads) -> Offer:
    """A version that a registry lists. Raises `HubError`."""
    release, registry = found.release, found.registry
    missing = {"manifest", "index"} - release.files.keys()
    if missing:
        raise HubError(
            f"{registry.address} lists no {' and no '.join(sorted(missing))} file for {found.id}. Tell its publisher."
        )
    known = {*ROLES, TOKENS}
    digests = {role: digest for role, digest in release.digests.items() if role in known}
    urls = {role: registry.locate(url) for role, url in release.files.items() if role in known}
    copies = {
        role: copy.model_copy(update={"url": registry.locate(copy.url)})
        for role, copy in release.compressed.items()
        if role in digests
    }
    bring = partial(_from_web, downloads, urls, digests, copies, registry.address if is_web(registry.address) else "")
    origin = Origin(address=f"hub://{found.id}", registry=registry.address, key=registry.key)
    stated = {role: digest for role, digest in digests.items() if role in ROLES}
    return Offer(found.id, release.version, origin, partial(_bring_files, bring), stated)


def from_address(url: str, downloads: Downloads) -> Offer:
    """The package whose `manifest.json` is at an address of the web. Raises `HubError` and `PackageError`."""
    with scratch(downloads.folder) as folder:
        downloads.fetch(url, folder / "manifest.json", named_by=url, limit=LARGEST_MANIFEST)
        manifest = read_manifest(folder)
        files = package_files(folder)
        content = (folder / "manifest.json").read_bytes()
    urls = {role: urljoin(url, quote(file.name)) for role, file in files.items()}

    def bring(role: str, into: Path, progress: Progress) -> bool:
        if role == "manifest":  # the very one that has named the others
            write_file(into, [content])
            return True
        return _from_web(downloads, urls, {}, {}, url, role, into, progress)

    origin = Origin(address=without_credentials(url))
    digests = {"manifest": Digest(sha256=hashlib.sha256(content).hexdigest(), size=len(content))}
    return Offer(manifest.vrom_id, manifest.version, origin, partial(_bring_files, bring), digests)


@contextmanager
def from_path(path: Path, downloads: Downloads) -> Iterator[Offer]:
    """The package in a folder or an archive of this machine. Raises `HubError` and `PackageError`."""
    if is_archive(path):
        with scratch(downloads.folder) as folder:
            unpack(path, folder, downloads.limit)
            yield _from_folder(folder, path, downloads)
    elif path.is_dir():
        yield _from_folder(path, path, downloads)
    else:
        raise HubError(f"{path} is neither a package folder nor a package archive (.zip, .tar.gz or .vrom).")


def _from_folder(folder: Path, path: Path, downloads: Downloads) -> Offer:
    manifest = read_manifest(folder)
    files = package_files(folder)

    def bring(role: str, into: Path, _progress: Progress) -> bool:
        if role in _OPTIONAL and not files[role].exists():
            return False
        copy_file(files[role], into, downloads.limit)
        return True

    origin = Origin(address=str(path.absolute()))
    return Offer(manifest.vrom_id, manifest.version, origin, partial(_bring_files, bring), package_digests(folder))


def _bring_files(bring: Bring, folder: Path, progress: Progress = silent) -> None:
    """Put a package's files into a folder: the manifest first, which names the others."""
    bring("manifest", folder / "manifest.json", progress)
    files = package_files(folder)
    for role, file in files.items():
        if role != "manifest":
            bring(role, file, progress)


def _from_web(
    downloads: Downloads,
    urls: Mapping[str, str],
    digests: Mapping[str, Digest],
    copies: Mapping[str, CompressedFile],
    named_by: str,
    role: str,
    into: Path,
    progress: Progress,
) -> bool:
    """Fetch the file of one role; its gzip copy where there is one."""
    if role not in urls:
        return False
    limit = LARGEST_MANIFEST if role == "manifest" else downloads.limit
    about = partial(_named, progress, role)
    if copy := copies.get(role):
        with scratch(downloads.folder) as folder:
            _fetch(downloads, copy.url, folder / "copy.gz", copy, named_by, limit, about)
            unpack_gzip(folder / "copy.gz", into, min(limit, digests[role].size))
        return True
    try:
        _fetch(downloads, urls[role], into, digests.get(role), named_by, limit, about)
    except TransferError as error:
        if role in _OPTIONAL and role not in digests and error.status in {404, 410}:
            return False  # the browser's clients do without, and so do some of those who publish for them
        raise
    return True


def _fetch(
    downloads: Downloads, url: str, into: Path, digest: Digest | None, named_by: str, limit: int, progress: Progress
) -> None:
    if is_web(url):
        digest = Digest(sha256=digest.sha256, size=digest.size) if digest else None
        downloads.fetch(url, into, digest, named_by=named_by, limit=limit, progress=progress)
    else:
        copy_file(Path(url), into, limit)


def _named(progress: Progress, role: str, what: str, done: int, total: int | None) -> None:
    progress(f"{what} {role}", done, total)
