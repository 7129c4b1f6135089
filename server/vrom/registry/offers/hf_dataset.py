"""Packages that are datasets on the Hugging Face Hub: `hf://datasets/OWNER/NAME[@REVISION]`.

All access uses the hub's own client, with its token, endpoint, cache and proxy settings. The hub lists the digest of
each file: SHA-256 for large files (LFS), git's blob id for the others.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from vrom import __version__
from vrom.errors import HubError, InvalidArgumentError, MismatchError, TransferError
from vrom.format.manifest import read_manifest
from vrom.network.download import Downloads, Progress
from vrom.registry.install import Offer
from vrom.registry.offers.files import copy_file
from vrom.registry.pulled_json import Origin, file_names, package_files
from vrom.registry.registry_json import TOKENS
from vrom.storage.digest import sha256_of

PREFIX = "hf://"
_OPTIONAL = ("chunks", TOKENS)
ANSWER_TIMEOUT = 10.0
_ADDRESS = re.compile(r"hf://datasets/([\w.-]+/[\w.-]+)(?:@([\w./-]+))?", re.ASCII)


@dataclass(frozen=True)
class Dataset:
    """A dataset at a revision."""

    repository: str
    revision: str = "main"


def parse_address(address: str) -> Dataset:
    """Parse an `hf://` address. Raises `InvalidArgumentError` if it isn't one of a dataset."""
    found = _ADDRESS.fullmatch(address)
    if not found:
        raise InvalidArgumentError(
            f"{address[:200]!r} is not a dataset address. Expected hf://datasets/OWNER/NAME or hf://datasets/OWNER/NAME@REVISION."
        )
    return Dataset(found[1], found[2] or "main")


def from_dataset(address: str, downloads: Downloads, endpoint: str | None = None) -> Offer:
    """The package in a dataset. `endpoint` is the hub's URL, by default the client's own.

    If the hub can't be reached, the client's cached files of that revision are used. Raises `HubError`, `PackageError`
    and `InvalidArgumentError`.
    """
    dataset = parse_address(address)
    try:
        listing = _list(dataset, endpoint)
    except TransferError as error:
        files = _cached(dataset) if error.again else {}
        if not files:
            raise
        commit = files["manifest.json"].parent.name
        digests = {name: file.resolve().name for name, file in files.items()}
        fetch = partial(_from_cache, files)
    else:
        commit = listing.commit
        digests = {name: published.digest for name, published in listing.files.items()}
        fetch = partial(_download, dataset, listing, downloads, endpoint)
    if "manifest.json" not in digests:
        raise HubError(f"{address} has no manifest.json in its top folder, so it is not a package.")
    manifest_file = fetch("manifest.json")
    _compare(manifest_file, digests["manifest.json"], address)
    manifest = read_manifest(manifest_file.parent)

    def bring(folder: Path, progress: Progress) -> None:
        copy_file(manifest_file, folder / "manifest.json", downloads.limit)
        for role, target in package_files(folder).items():
            name = target.name
            if role == "manifest" or (role in _OPTIONAL and name not in digests):
                continue
            if name not in digests:
                raise HubError(f"{address} has no {name}, which its manifest lists.")
            progress(f"downloading {role}", 0, None)
            copy_file(fetch(name), target, downloads.limit)
            _compare(target, digests[name], address)

    origin = Origin(address=f"hf://datasets/{dataset.repository}@{commit}")
    return Offer(manifest.vrom_id, manifest.version, origin, bring)


@dataclass(frozen=True)
class _Published:
    size: int
    digest: str


@dataclass(frozen=True)
class _Listing:
    commit: str
    files: Mapping[str, _Published]


def _list(dataset: Dataset, endpoint: str | None) -> _Listing:
    from huggingface_hub import HfApi

    api = HfApi(endpoint=endpoint, library_name="vrom", library_version=__version__)
    try:
        info = api.dataset_info(
            dataset.repository, revision=dataset.revision, files_metadata=True, timeout=ANSWER_TIMEOUT
        )
        files = {
            file.rfilename: _Published(file.size or 0, (file.lfs.sha256 if file.lfs else file.blob_id) or "")
            for file in info.siblings or ()
            if "/" not in file.rfilename
        }
    except Exception as error:  # the client passes on errors of its HTTP library, which vary between versions
        raise _failed(dataset, error) from error
    return _Listing(info.sha or dataset.revision, files)


def _download(dataset: Dataset, listing: _Listing, downloads: Downloads, endpoint: str | None, name: str) -> Path:
    from huggingface_hub import hf_hub_download

    if listing.files[name].size > downloads.limit:
        raise TransferError(
            f"{name} has {listing.files[name].size:,} bytes, more than the limit of {downloads.limit:,}."
        )

    def get(*, again: bool) -> Path:
        found = hf_hub_download(
            dataset.repository, name, repo_type="dataset", revision=listing.commit, endpoint=endpoint,
            force_download=again, library_name="vrom", library_version=__version__,
        )  # fmt: skip
        return Path(found)

    try:
        file = get(again=False)
        return file if _is_digest(file, listing.files[name].digest) else get(again=True)
    except Exception as error:  # as above
        raise _failed(dataset, error) from error


def _cached(dataset: Dataset) -> dict[str, Path]:
    """The package's files in the client's cache, by name; empty unless both manifest and index are cached."""
    from huggingface_hub import try_to_load_from_cache

    def cached(name: str) -> Path | None:
        found = try_to_load_from_cache(dataset.repository, name, revision=dataset.revision, repo_type="dataset")
        return Path(found) if isinstance(found, str) and Path(found).is_symlink() else None

    manifest = cached("manifest.json")
    if not manifest:
        return {}
    names = file_names(read_manifest(manifest.parent))
    files = {name: cached(name) for name in names.values()}
    return {name: file for name, file in files.items() if file} if files[names["index"]] else {}


def _from_cache(files: Mapping[str, Path], name: str) -> Path:
    return files[name]


def _compare(file: Path, digest: str, address: str) -> None:
    if not _is_digest(file, digest):
        raise MismatchError(f"{file.name} of {address} does not match the checksum {digest[:12]}… that the hub lists.")


def _is_digest(file: Path, digest: str) -> bool:
    """True if a file has this SHA-256 (64 hex digits) or git blob id (40)."""
    if len(digest) == 64:
        return sha256_of(file) == digest
    blob = hashlib.sha1(b"blob %d\0" % file.stat().st_size, usedforsecurity=False)
    with file.open("rb") as stream:
        while block := stream.read(1 << 20):
            blob.update(block)
    return blob.hexdigest() == digest


def _failed(dataset: Dataset, error: Exception) -> Exception:
    if isinstance(error, TransferError):
        return error
    status = getattr(getattr(error, "response", None), "status_code", 0)
    reason: Any = (str(error).strip().splitlines() or [type(error).__name__])[0][:300]
    return TransferError(
        f"hf://datasets/{dataset.repository}@{dataset.revision}: {reason}",
        again=not status or status >= 500,
        status=status,
    )
