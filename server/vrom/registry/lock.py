"""`vrom.lock`: the exact packages of a project, so that another machine can install the same bytes.

TOML, one table per cartridge: id, version, origin, SHA-256 and size of each file, the documentation's commit, and the
digest of the embedding model. `sync` verifies installed and downloaded packages against the lock.
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
    """The entry of one cartridge."""

    id: VromId
    version: str
    origin: Origin
    source_commit: str = ""
    """The documentation's commit, from `source_commit` in the manifest; else empty."""
    model: str
    model_digest: str = ""
    """SHA-256 over the model's files on the machine that wrote the lock; empty if the model wasn't installed there."""
    files: dict[str, Digest]
    """Digests by role: manifest, index, chunks."""


class Lock(BaseModel):
    """Content of a lock file."""

    version: Literal[1] = 1
    cartridge: list[Locked] = []


def lock_package(package: Installed, model_digest: str = "") -> Locked:
    """The lock entry of an installed package.

    Raises `HubError` for a package built on this machine, `MismatchError` if its files changed since it was pulled.
    """
    if package.record is None:
        raise HubError(
            f"{package.id} {package.version} was built on this machine, so other machines cannot download it. "
            "Publish it with `vrom publish`, pull the published package, then lock it."
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
    """Write or replace a lock file, sorted by id and version. Raises `HubError` if it can't be written."""
    lock = Lock(cartridge=sorted(locked, key=lambda one: (one.id, one.version)))
    text = tomlkit.dumps(lock.model_dump(exclude_none=True))
    try:
        replace_file(file, [b"# Made by `vrom lock`; `vrom sync` installs exactly these packages.\n", text.encode()])
    except OSError as error:
        raise HubError(f"Cannot write {file}: {error.strerror or error}. Check permissions.") from error


def read_lock(file: Path) -> Lock:
    """Read a lock file. Raises `HubError` if it can't be read or is invalid."""
    try:
        return Lock.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
    except OSError as error:
        raise HubError(f"Cannot read {file}: {error.strerror or error}. Create it with `vrom lock`.") from error
    except (tomllib.TOMLDecodeError, UnicodeError, RecursionError) as error:
        raise HubError(f"{file} is not valid TOML: {error}. Recreate it with `vrom lock`.") from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise HubError(f"{file}, {where}: {first['msg']}. Recreate it with `vrom lock`.") from error


def sync(
    locked: Locked, store: PackageStore, offer: Callable[[Locked], Offer], *, progress: Progress = silent
) -> Pulled:
    """Ensure that exactly the locked package is installed; `offer` is called only if it isn't.

    Raises `MismatchError` if the installed or the offered package differs from the lock, and the errors of `take`.
    """
    here = [package for package in store.installed(locked.id) if package.version == locked.version]
    if here:
        compare(
            package_digests(here[0].folder),
            locked,
            f"{here[0].folder} contains",
            f"vrom remove {locked.id}@{locked.version}",
        )
        _compare_commit(here[0], locked)
        return Pulled(here[0], changed=False)
    offered = offer(locked)
    if (offered.id, offered.version) != (locked.id, locked.version):
        raise MismatchError(
            f"{locked.origin.address} now provides {offered.id} {offered.version}, but the lock file lists {locked.id} "
            f"{locked.version}. If the change is correct, update the lock file with `vrom lock`."
        )
    if offered.digests:
        # A single URL states only the manifest's digest; the others are checked against the lock after download.
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
            f"The manifest of {package.id} {package.version} records source commit {found or 'none'}, but the lock "
            f"file lists {locked.source_commit or 'none'} for the same files, so it was edited. Recreate it with "
            "`vrom lock`."
        )


def _source_commit(manifest: Manifest) -> str:
    return str((manifest.model_extra or {}).get("source_commit") or "")


def compare(found: Mapping[str, Digest], locked: Locked, who: str, remedy: str) -> None:
    """Raise `MismatchError` if files differ from the locked ones."""
    differing = [role for role in sorted({*found, *locked.files}) if found.get(role) != locked.files.get(role)]
    if differing:
        what = f"its {' and '.join(differing)} {'differ' if differing[1:] else 'differs'}"
        raise MismatchError(
            f"{who} a different {locked.id} {locked.version} than the lock file lists: {what}. "
            f"Find out why it changed, then run `{remedy}`."
        )


def mirror(packages: Iterable[Installed], folder: Path) -> list[Path]:
    """Make `folder` contain exactly these packages, plus those built there; return the removed folders.

    Files are hard-linked if possible, else copied. Raises `HubError` if the folder can't be written.
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
            f"Cannot write {folder}: {error.strerror or error}. Check disk space and permissions."
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
