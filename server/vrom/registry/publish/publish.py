"""Publish to a static registry in a folder, for any web server or bucket: content-addressed package files, gzip
copies, and the registry document with digests and signature.

The document is replaced atomically, after all files that it names are in place. Published files are never deleted,
since a client may be downloading them.
"""

import time
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from vrom.errors import HubError, TrustError
from vrom.format.limits import DEFAULT_LIMITS, Limits
from vrom.format.manifest import read_manifest
from vrom.format.models import Manifest
from vrom.format.versions import VERSION, newest, sort_key
from vrom.network.download import digest_of
from vrom.registry.install import verify as verify_package
from vrom.registry.keys.signing import public_text, sign, verify
from vrom.registry.pulled_json import package_files
from vrom.registry.registry_json import ROLES, TOKENS, RegistryDocument, can_be_read, parse_document
from vrom.storage.atomic import replace_file, sweep

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

DOCUMENT = "registry.json"
FILES = "files"
_BLOCK = 1 << 20


@dataclass(frozen=True)
class Published:
    """Result of publishing a package."""

    id: str
    version: str
    document: Path
    changed: bool
    key: str | None
    """The public key of the registry's signature; None if unsigned."""
    absolute: bool
    """True if the file URLs are absolute, as clients other than vrom expect."""


def publish(
    folder: Path,
    registry: Path,
    *,
    key: "Ed25519PrivateKey | None" = None,
    base_url: str = "",
    tags: Sequence[str] | None = None,
    force: bool = False,
    change_key: bool = False,
    limits: Limits = DEFAULT_LIMITS,
) -> Published:
    """Add the package in `folder` to the registry in the folder `registry`, creating it if necessary.

    `base_url` is the URL at which the folder is served, by default the one in the document; without either, file URLs
    are relative. Raises `PackageError`; `HubError` if this version is published with other content (unless `force`) or
    can't be written; `TrustError` if the registry is signed with another key than `key` (unless `change_key`).
    """
    from filelock import FileLock

    manifest = read_manifest(folder)
    if not VERSION.fullmatch(manifest.version):
        raise HubError(f"{folder}: {manifest.version[:100]!r} cannot be published. Expected a version such as 1.2.0.")
    verify_package(folder, manifest.vrom_id, manifest.version, {}, limits)
    try:
        registry.mkdir(parents=True, exist_ok=True)
        with FileLock(registry / ".publish.lock"):
            sweep(registry)
            sweep(registry / FILES)
            return _publish(folder, manifest, registry, key, base_url, tags, force=force, change_key=change_key)
    except OSError as error:
        raise HubError(
            f"Cannot write {registry}: {error.strerror or error}. Check disk space and permissions."
        ) from error


def _publish(
    folder: Path,
    manifest: Manifest,
    registry: Path,
    key: "Ed25519PrivateKey | None",
    base_url: str,
    tags: Sequence[str] | None,
    *,
    force: bool,
    change_key: bool,
) -> Published:
    file = registry / DOCUMENT
    raw = _read(file)
    before = parse_document(orjson.dumps(raw), str(file))
    _check_key(before, file, key, change_key=change_key)
    base_url = base_url or before.base_url
    release = _release(folder, manifest, registry, base_url, tags)
    _check_content(before, manifest, release, force=force)
    document = {**raw, "base_url": base_url, "vroms": _with(raw["vroms"], manifest.vrom_id, release)}
    document.pop("signature", None)
    serial = before.signature.serial if before.signature else 0
    changed = _signed(document, key, serial) != raw or bool(key and not serial)
    if changed:
        document = _signed(document, key, max(serial + 1, int(time.time())))
        replace_file(file, [orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)])
    signed_with = public_text(key) if key else None
    return Published(manifest.vrom_id, manifest.version, file, changed, signed_with, bool(base_url))


def _signed(document: dict[str, Any], key: "Ed25519PrivateKey | None", serial: int) -> dict[str, Any]:
    """The document with a signature, if there is a key.

    Serial numbers are Unix times if possible, so that they keep rising even if the registry is recreated from scratch.
    """
    if key is None:
        return document
    read = parse_document(orjson.dumps(document), DOCUMENT)
    return {**document, "signature": sign(read, key, serial).model_dump()}


def _read(file: Path) -> dict[str, Any]:
    """The document, including unknown keys and entries; an empty one if the file doesn't exist."""
    try:
        raw = file.read_bytes()
    except FileNotFoundError:
        return {"version": "1.0.0", "description": "", "base_url": "", "vroms": []}
    parse_document(raw, str(file))
    document: dict[str, Any] = orjson.loads(raw)
    return document


def _check_key(before: RegistryDocument, file: Path, key: "Ed25519PrivateKey | None", *, change_key: bool) -> None:
    signed_with = verify(before, str(file))
    own = public_text(key) if key else None
    if signed_with and signed_with != own and not change_key:
        given = f"{own} was given" if own else "no key was given"
        raise TrustError(
            f"{file} is signed with {signed_with}, but {given}. Pass its key with --key. To sign with another key from "
            "now on, use --change-key; everyone who has used the registry must then accept the new key manually."
        )


def _check_content(before: RegistryDocument, manifest: Manifest, release: dict[str, Any], *, force: bool) -> None:
    published = before.versions(manifest.vrom_id).get(manifest.version)
    if published is None or force:
        return
    before_it = {role: digest.model_dump() for role, digest in published.digests.items() if role in ROLES}
    if before_it != {role: digest for role, digest in release["digests"].items() if role in ROLES}:
        raise HubError(
            f"{manifest.vrom_id} {manifest.version} is already published with different content. Publish a new "
            "version, or replace the published one with --force, which breaks every lock file that lists it."
        )


def _release(
    folder: Path, manifest: Manifest, registry: Path, base_url: str, tags: Sequence[str] | None
) -> dict[str, Any]:
    """Write the files of one version and return its entry for the document."""
    prefix = f"{base_url.rstrip('/')}/" if base_url else ""
    files, digests, compressed = {}, {}, {}
    for role, source in package_files(folder).items():
        if role in ("chunks", TOKENS) and not source.is_file():
            continue
        digest = digest_of(source)
        name = f"{FILES}/{digest.sha256}{source.suffix if role == TOKENS else '.json'}"
        _put(registry / name, _blocks(source))
        files[role] = prefix + name
        digests[role] = digest.model_dump()
        if role == TOKENS:
            continue  # bits of random projections, which don't compress
        _put(registry / f"{name}.gz", _gzipped(source))
        compressed[role] = {"url": f"{prefix}{name}.gz", **digest_of(registry / f"{name}.gz").model_dump()}
    spec = manifest.embedding_spec
    return {
        "name": getattr(manifest, "name", None) or manifest.vrom_id,
        "description": manifest.description,
        "version": manifest.version,
        "vectors": manifest.vector_count,
        "dimensions": spec.dimensions,
        "tokens": manifest.total_tokens,
        "size_mb": round(sum(digest["size"] for digest in digests.values()) / 1e6, 1),
        "model": spec.model,
        "tags": list(tags) if tags else None,
        "official": False,
        "files": files,
        "digests": digests,
        "compressed": compressed,
    }


def _with(listed: list[Any], cartridge_id: str, release: dict[str, Any]) -> list[Any]:
    """The entries with this version added or replaced; the newest version of a package comes first.

    Unreadable entries are kept unchanged.
    """
    own = [entry for entry in listed if can_be_read(entry) and entry["id"] == cartridge_id]
    releases = {release["version"]: release}
    tags: list[str] = []
    for entry in own:
        tags = tags or entry.get("tags") or []
        older = entry.get("versions") or []
        for known in ({key: value for key, value in entry.items() if key not in {"id", "versions"}}, *older):
            releases.setdefault(known["version"], known)
    release["tags"] = release["tags"] if release["tags"] is not None else tags
    latest = newest(releases)
    others = sorted((version for version in releases if version != latest), key=sort_key, reverse=True)
    merged = {"id": cartridge_id, **releases[str(latest)], "versions": [releases[version] for version in others]}
    at = listed.index(own[0]) if own else len(listed)
    kept = [entry for entry in listed if entry not in own]
    return [*kept[:at], merged, *kept[at:]]


def _put(file: Path, blocks: Iterator[bytes]) -> None:
    """Write a content-addressed file unless it exists."""
    if not file.exists():
        replace_file(file, blocks)


def _blocks(source: Path) -> Iterator[bytes]:
    with source.open("rb") as stream:
        while block := stream.read(_BLOCK):
            yield block


def _gzipped(source: Path) -> Iterator[bytes]:
    """Compress a file with gzip, without a timestamp, so that the bytes are reproducible."""
    packer = zlib.compressobj(level=9, wbits=31)
    for block in _blocks(source):
        yield packer.compress(block)
    yield packer.flush()
