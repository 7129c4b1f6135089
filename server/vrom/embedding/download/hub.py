"""Model files from the Hugging Face Hub, through its own client with its endpoint, token, cache and proxy settings.

The hub lists the digest of each file: SHA-256 for large files (LFS), git's blob id for the others. If the hub is
unreachable, files in the client's cache are used: there, a file is a link to a blob named by the same digest.
"""

import hashlib
import logging
import shutil
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vrom import __version__
from vrom.embedding.download.provenance import Progress, Provenance, silent
from vrom.embedding.recipes import TOKENIZER_FILES, Recipe
from vrom.errors import DownloadError, ModelBrokenError
from vrom.storage.digest import sha256_of

ANSWER_TIMEOUT = 5.0
"""Seconds to wait for the hub's first response, which shows whether it is reachable at all."""


def fetch(recipe: Recipe, into: Path, progress: Progress = silent, endpoint: str | None = None) -> Provenance:
    """Fetch the model's files `into` an existing folder. `endpoint` is the hub's URL, by default the client's own.

    Raises `DownloadError` if the hub is unreachable or lacks a file, `ModelBrokenError` if a file doesn't have the
    digest listed by the hub.
    """
    from huggingface_hub.utils.logging import get_verbosity, set_verbosity

    progress("connecting to the hub", 0, None)
    verbosity = get_verbosity()
    set_verbosity(logging.ERROR)  # the client logs every retry; errors are raised as exceptions
    try:
        return _fetch(recipe, into, progress, endpoint)
    finally:
        set_verbosity(verbosity)


def _fetch(recipe: Recipe, into: Path, progress: Progress, endpoint: str | None) -> Provenance:
    try:
        listing = _list(recipe, endpoint)
    except Exception as error:  # the client passes on exceptions of its HTTP library, which change between versions
        files = _cached(recipe)
        if not files:
            raise DownloadError(_summary(error)) from error
        digests = {path: file.resolve().name for path, file in files.items()}
    else:
        digests = {path: published.digest for path, published in listing.items()}
        files = _download(recipe, listing, progress, endpoint)
    return _take(recipe, files, digests, into)


@dataclass(frozen=True)
class _Published:
    """File as listed by the hub."""

    commit: str
    size: int
    digest: str


def _list(recipe: Recipe, endpoint: str | None) -> dict[str, _Published]:
    """Files of the model in the repository, by path."""
    from huggingface_hub import HfApi

    api = HfApi(endpoint=endpoint, library_name="vrom", library_version=__version__)
    info = api.model_info(recipe.repository, files_metadata=True, timeout=ANSWER_TIMEOUT)
    listing = {
        file.rfilename: _Published(info.sha or "", file.size or 0, file.lfs.sha256 if file.lfs else file.blob_id or "")
        for file in info.siblings or ()
        if file.rfilename in _wanted(recipe)
    }
    if missing := _essential(recipe) - listing.keys():
        raise DownloadError(f"the repository {recipe.repository} has no {', '.join(sorted(missing))}")
    return listing


def _download(
    recipe: Recipe, listing: Mapping[str, _Published], progress: Progress, endpoint: str | None
) -> dict[str, Path]:
    from huggingface_hub import hf_hub_download

    meter = _meter(progress, sum(published.size for published in listing.values()))

    def download(path: str, *, again: bool) -> Path:
        file = hf_hub_download(
            recipe.repository,
            path,
            revision=listing[path].commit,
            endpoint=endpoint,
            force_download=again,
            etag_timeout=ANSWER_TIMEOUT,
            tqdm_class=meter,
            library_name="vrom",
            library_version=__version__,
        )
        return Path(file)

    files = {}
    for path, published in listing.items():
        try:
            files[path] = download(path, again=False)
            if not _is_digest(files[path], published.digest):  # the client doesn't verify cached files
                files[path] = download(path, again=True)
        except Exception as error:  # as above
            raise DownloadError(f"{path}: {_summary(error)}") from error
    return files


def _cached(recipe: Recipe) -> dict[str, Path]:
    """Files in the client's cache; empty unless all essential files are present as links to blobs named by digest."""
    from huggingface_hub import try_to_load_from_cache

    found = {path: try_to_load_from_cache(recipe.repository, path) for path in sorted(_wanted(recipe))}
    files = {path: Path(file) for path, file in found.items() if isinstance(file, str) and Path(file).is_symlink()}
    return files if files.keys() >= _essential(recipe) else {}


def _take(recipe: Recipe, files: Mapping[str, Path], digests: Mapping[str, str], into: Path) -> Provenance:
    upstream = {}
    for path, file in files.items():
        target = into / (recipe.model_file if path == recipe.published_file else path)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, target)
        if not _is_digest(target, digests[path]):
            raise ModelBrokenError(
                f"{path} from the hub does not match the checksum that the hub lists, {digests[path]}"
            )
        upstream[path] = sha256_of(target)
    return Provenance(f"hub ({recipe.repository})", upstream)


def _essential(recipe: Recipe) -> set[str]:
    return {recipe.published_file, "tokenizer.json", *recipe.companions}


def _wanted(recipe: Recipe) -> Collection[str]:
    return _essential(recipe) | {*TOKENIZER_FILES, "preprocessor_config.json"}


def _is_digest(file: Path, digest: str) -> bool:
    """Return true if a file has this SHA-256 (64 hex digits) or this git blob id (40)."""
    if len(digest) == 64:
        return sha256_of(file) == digest
    content = file.read_bytes()
    blob = hashlib.sha1(b"blob %d\0" % len(content), usedforsecurity=False)
    blob.update(content)
    return blob.hexdigest() == digest


def _summary(error: Exception) -> str:
    """First line of an error from a dependency, prefixed with the exception type."""
    first = (str(error).strip().splitlines() or [""])[0][:300]
    return first if isinstance(error, DownloadError) else f"{type(error).__name__}: {first}".rstrip(": ")


def _meter(progress: Progress, total: int) -> Any:
    """Progress bar class for the hub's client; draws nothing, and reports the bytes of all files to `progress`."""
    from huggingface_hub.utils.tqdm import tqdm

    done = 0

    class Meter(tqdm):
        def __init__(self, *args: Any, **options: Any) -> None:
            super().__init__(*args, **options | {"disable": True})  # type: ignore[no-untyped-call]

        def update(self, amount: float | None = 1) -> None:
            nonlocal done
            done += int(amount or 0)
            progress("downloading from the hub", min(done, total), total)

        def update_transfer(self, amount: float) -> None:
            """Ignore bytes on the wire. With this method, the client doesn't add a second bar for them."""

        def set_transfer_postfix_str(self, *_args: Any, **_options: Any) -> None:
            pass

    return Meter
