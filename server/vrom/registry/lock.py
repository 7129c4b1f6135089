"""`vrom.lock`: exactly which cartridges, down to the byte, so that another machine can have the same.

TOML, one table a cartridge: id, version, where it came from, SHA-256 and size of each file, the commit of the
documentation, and the digest of the model that made it. `sync` leaves nothing to chance: what is here must be what the
lock says, and what is fetched must be as well.
"""

import shutil
import tomllib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Literal

import tomlkit
from pydantic import BaseModel, ValidationError

from vrom.errors import HubError, MismatchError, PackageError
from vrom.format.models import Manifest, VromId
from vrom.network.download import Digest, Progress, silent
from vrom.registry.install import Offer, Pulled, take
from vrom.registry.installed import Installed, PackageStore
from vrom.registry.pulled_json import Origin, package_digests, package_files, read_record, write_record
from vrom.storage.atomic import replace_file, replacing


class Locked(BaseModel):
    """One cartridge, down to the byte."""

    id: VromId
    version: str
    origin: Origin
    source_commit: str = ""
    """The commit of the documentation it was built from, as `source_commit` in the manifest says; else empty."""
    model: str
    model_digest: str = ""
    """SHA-256 over the model's files as they were on the machine that locked it; empty where it wasn't there."""
    files: dict[str, Digest]
    """By role: manifest, index, chunks."""


class Lock(BaseModel):
    """The whole file."""

    version: Literal[1] = 1
    cartridge: list[Locked] = []


def lock_package(package: Installed, model_digest: str = "") -> Locked:
    """What a lock says of a package.

    Raises `HubError` for one that was made here, `MismatchError` for one that was edited.
    """
    if package.record is None:
        raise HubError(
            f"{package.id} {package.version} was made on this machine, so no other can have it from anywhere. "
            "Publish it with `vrom publish` and pull it from there, then lock it."
        )
    found = package_digests(package.folder)
    if found != package.record.files:
        raise MismatchError(
            f"{package.folder} has changed since it was pulled. "
            f"Pull it again: `vrom pull {package.id}@{package.version} --force`."
        )
    manifest = package.manifest
    return Locked(
        id=package.id,
        version=package.version,
        origin=package.record.origin,
        source_commit=_source_commit(manifest),
        model=f"{manifest.embedding_spec.model} ({manifest.embedding_spec.quantization})",
        model_digest=model_digest,
        files=found,
    )


def write_lock(file: Path, locked: Iterable[Locked]) -> None:
    """Write a lock file in place of an older one, sorted. Raises `HubError`."""
    lock = Lock(cartridge=sorted(locked, key=lambda one: (one.id, one.version)))
    text = tomlkit.dumps(lock.model_dump(exclude_none=True))
    try:
        replace_file(file, [b"# Made by `vrom lock`; `vrom sync` brings exactly this.\n", text.encode()])
    except OSError as error:
        raise HubError(f"{file} can't be written ({error.strerror or error}).") from error


def read_lock(file: Path) -> Lock:
    """Read a lock file. Raises `HubError` that names what is wrong with it."""
    try:
        return Lock.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
    except OSError as error:
        raise HubError(f"{file} can't be read ({error.strerror or error}). `vrom lock` makes one.") from error
    except (tomllib.TOMLDecodeError, UnicodeError, RecursionError) as error:
        raise HubError(f"{file} is not TOML: {error}. Make it again with `vrom lock`.") from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise HubError(f"{file}, {where}: {first['msg']}. Make it again with `vrom lock`.") from error


def sync(
    locked: Locked, store: PackageStore, offer: Callable[[Locked], Offer], *, progress: Progress = silent
) -> Pulled:
    """Make sure of exactly this package in the store; `offer` is asked only when it isn't there.

    Raises `MismatchError` where what is here, or what is offered, differs from the lock.
    """
    here = [package for package in store.installed(locked.id) if package.version == locked.version]
    if here:
        compare(
            package_digests(here[0].folder),
            locked,
            f"{here[0].folder} holds",
            f"vrom remove {locked.id}@{locked.version}",
        )
        _compare_commit(here[0], locked)
        return Pulled(here[0], changed=False)
    offered = offer(locked)
    if (offered.id, offered.version) != (locked.id, locked.version):
        raise MismatchError(
            f"{locked.origin.address} gives {offered.id} {offered.version} now, and the lock says {locked.id} "
            f"{locked.version}. Lock anew if that is right: `vrom lock`."
        )
    if offered.digests:
        # A single address tells the manifest's alone; of what isn't told, the lock's are compared when it has come.
        untold = {role: digest for role, digest in locked.files.items() if role not in offered.digests}
        who = f"{locked.origin.registry or locked.origin.address} offers"
        compare({**untold, **offered.digests}, locked, who, "vrom lock")
    promised = Offer(offered.id, offered.version, offered.origin, offered.bring, locked.files)
    pulled = take(promised, store, wanted=locked.version, progress=progress)
    _compare_commit(pulled.package, locked)
    return pulled


def _compare_commit(package: Installed, locked: Locked) -> None:
    found = _source_commit(package.manifest)
    if found != locked.source_commit:
        raise MismatchError(
            f"{package.id} {package.version} was built from commit {found or 'none that its manifest names'}, and the "
            f"lock says {locked.source_commit or 'none'}, with the same files: the lock was edited. Make it again with "
            "`vrom lock`."
        )


def _source_commit(manifest: Manifest) -> str:
    return str((manifest.model_extra or {}).get("source_commit") or "")


def compare(found: Mapping[str, Digest], locked: Locked, who: str, remedy: str) -> None:
    """Raise `MismatchError` where files differ from those locked."""
    differing = [role for role in sorted({*found, *locked.files}) if found.get(role) != locked.files.get(role)]
    if differing:
        what = f"its {' and '.join(differing)} {'differ' if differing[1:] else 'differs'}"
        raise MismatchError(
            f"{who} another {locked.id} {locked.version} than the lock says: {what}. "
            f"Find out who has changed it; then `{remedy}`."
        )


def mirror(packages: Iterable[Installed], folder: Path) -> list[Path]:
    """Make `folder` hold exactly these packages besides those that were made there; what was removed from it.

    Files are linked where the disk can, else copied. Raises `HubError`.
    """
    wanted = {f"{package.id}@{package.version}": package for package in packages}
    try:
        for name, package in wanted.items():
            if not _is_same(folder / name, package):
                with replacing(folder / name) as new:
                    _link(package, new)
        gone = [path for path in sorted(folder.glob("*@*")) if path.name not in wanted and read_record(path)]
        for path in gone:
            shutil.rmtree(path)
    except OSError as error:
        raise HubError(
            f"{folder} can't be written ({error.strerror or error}). Check space and permissions."
        ) from error
    return gone


def _is_same(folder: Path, package: Installed) -> bool:
    try:
        return package_digests(folder) == package_digests(package.folder)
    except PackageError:
        return False


def _link(package: Installed, into: Path) -> None:
    for file in package_files(package.folder).values():
        if file.is_file():
            try:
                (into / file.name).hardlink_to(file)
            except OSError:
                shutil.copyfile(file, into / file.name)
    if package.record:
        write_record(into, package.record)
