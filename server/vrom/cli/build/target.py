"""The folder that `vrom build` writes to: by default in the store of packages, where versions stand side by side."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from vrom.errors import BuildError, PackageError
from vrom.format.versions import UNKNOWN, VERSION
from vrom.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from vrom.builder.build import Built
    from vrom.builder.request import BuildRequest
    from vrom.registry.installed import Installed, PackageStore

_EARLIER_DEFAULT = "1.0.0"
"""Version that earlier versions of vrom gave to builds without a known one."""


def find_target(settings: Settings, request: "BuildRequest", version: str) -> Path:
    """The default folder for a build of this version.

    That of the same version, if it was built before, else `ID`, or `ID@VERSION` beside another version. Raises
    `BuildError` if a package of another id, or a pulled one, is in the way.
    """
    store = _open_store(settings)
    unversioned = [package for package in store.installed(request.vrom_id) if _is_unversioned(package)]
    is_update = version == UNKNOWN and unversioned
    target = unversioned[0].folder if is_update else store.folder_for(request.vrom_id, version)
    if target.name != request.vrom_id:
        _check_id(store.folder / request.vrom_id, request.vrom_id)
        if not VERSION.fullmatch(version):
            raise BuildError(f"{version[:100]!r} can't be part of a folder's name. Choose the folder with --out.")
    return target


def build_in_store(
    settings: Settings, request: "BuildRequest", folder: Path, build: "Callable[[Path], Built]"
) -> "Built":
    """Build into a folder of the store; afterwards the newest version is in `ID`, and the others in `ID@VERSION`."""
    from vrom.builder.local_builds import note_local_build

    store = _open_store(settings)
    with store.lock(request.vrom_id):
        local = _local_requests(store, settings, request.vrom_id)
        built = build(folder)
        local[built.manifest.version] = request
        store.settle(request.vrom_id)
        folders = {package.version: package.folder for package in store.installed(request.vrom_id)}
        if folder.name.partition("@")[0] != request.vrom_id:
            folders[built.manifest.version] = folder  # a name that the store doesn't change
        for version in folders.keys() & local.keys():
            note_local_build(settings.builds, folders[version], local[version])
    return replace(built, folder=folders[built.manifest.version])


def check_replaceable(folder: Path, cartridge: str) -> None:
    """Raise `BuildError` if a build would replace a pulled package or another cartridge."""
    from vrom.format.manifest import read_manifest
    from vrom.registry.pulled_json import read_record

    _check_id(folder, cartridge)
    if record := read_record(folder):
        there = read_manifest(folder)
        raise BuildError(
            f"{folder} already contains {there.vrom_id} {there.version}, pulled from {record.origin.address}; "
            f"the build would overwrite it. Choose another folder with --out or another --id, or remove it first with "
            f"`vrom remove {there.vrom_id}@{there.version}`."
        )


def is_in_store(folder: Path, settings: Settings) -> bool:
    """True if the folder is one of the store's packages."""
    return folder.resolve().parent == settings.vroms.resolve()


def _check_id(folder: Path, cartridge: str) -> None:
    """Raise `BuildError` if the folder has a package of another id."""
    from vrom.format.manifest import read_manifest

    try:
        there = read_manifest(folder)
    except PackageError:
        return  # nothing readable; a folder that isn't a package is refused later
    if there.vrom_id != cartridge:
        raise BuildError(
            f"{folder} already contains {there.vrom_id} {there.version}; the build would overwrite it. "
            "Choose another folder with --out or another --id."
        )


def _open_store(settings: Settings) -> "PackageStore":
    from vrom.registry.installed import PackageStore

    return PackageStore(settings.vroms, settings.limits)


def _local_requests(store: "PackageStore", settings: Settings, cartridge: str) -> "dict[str, BuildRequest]":
    """The requests of this machine's own builds by version: their records name folders, which may be renamed."""
    from vrom.builder.local_builds import was_built_here
    from vrom.builder.request import BuildRequest

    found = {}
    for package in store.installed(cartridge):
        try:
            request = BuildRequest.of(package.manifest)
        except BuildError:
            continue
        if was_built_here(settings.builds, package.folder, request):
            found[package.version] = request
    return found


def _is_unversioned(package: "Installed") -> bool:
    """True for a build without a known version by an earlier vrom, which called it 1.0.0."""
    record = (package.manifest.model_extra or {}).get("build")
    request = record.get("request") if isinstance(record, dict) else None
    is_default = isinstance(request, dict) and not request.get("version")
    return package.record is None and package.version == _EARLIER_DEFAULT and is_default and not _origins(record)


def _origins(record: object) -> bool:
    """True if a source stated the version."""
    listed = record.get("origins") if isinstance(record, dict) else None
    return any(isinstance(one, dict) and one.get("version") for one in listed or [])
