"""Packages in the root folders, and the default version of each id.

A rescan costs one `stat` per file: a manifest is read again only if its package has changed.
"""

import contextlib
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from stat import S_ISREG

from vrom.format.versions import is_same_version, newest
from vrom.library.mount import Fingerprint, Mount

_NO_VERSION: Mapping[str, str] = {}
_NO_VERSIONS: Mapping[str, Iterable[str]] = {}


def scan(
    roots: Iterable[Path],
    known: Mapping[str, Mount],
    locked: Mapping[str, str] = _NO_VERSION,
    differing: Mapping[str, Iterable[str]] = _NO_VERSIONS,
) -> dict[str, Mount]:
    """Current mounts by folder, in the order of the roots. A package unchanged since `known` keeps its mount.

    The default version of an id is the one that is `locked`, else the first of those that parts of a project lock
    where they are `differing`, else the newest.
    """
    found: dict[str, Mount] = {}
    defaults: dict[str, Mount] = {}
    for root in roots:
        here: dict[str, list[Mount]] = {}
        for folder, fingerprint in _packages(root):
            mount = known.get(folder)
            if mount is None or mount.fingerprint != fingerprint:
                mount = Mount.of(Path(folder), fingerprint, mount)
            found[folder] = mount
            here.setdefault(mount.id, []).append(mount)
        for cartridge_id, mounts in here.items():
            own = [mount for mount in mounts if _has_own_name(mount)] or mounts
            wanted = wanted_versions(cartridge_id, locked, differing)
            exact = [mount for one in wanted for mount in own if is_same_version(one, mount.version)]
            defaults.setdefault(cartridge_id, exact[0] if exact else _newest(own))
    return {
        folder: mount.as_default(
            defaults[mount.id] is mount, as_written(mount.version, wanted_versions(mount.id, locked, differing))
        )
        for folder, mount in found.items()
    }


def wanted_versions(
    cartridge_id: str, locked: Mapping[str, str], differing: Mapping[str, Iterable[str]]
) -> Sequence[str]:
    """The versions of a cartridge that a project locks: the one that counts first, then those of its parts."""
    version = locked.get(cartridge_id)
    return tuple(dict.fromkeys([*([version] if version else []), *differing.get(cartridge_id, ())]))


def as_written(version: str, wanted: Sequence[str]) -> str | None:
    """The version that is locked, as a manifest writes it if that is the same: `2.0` for `2.0.0`; None without one."""
    is_wanted = any(is_same_version(one, version) for one in wanted)
    return version if is_wanted else next(iter(wanted), None)


def _newest(mounts: Sequence[Mount]) -> Mount:
    latest = newest({mount.version: mount for mount in mounts})
    return next(mount for mount in mounts if mount.version == latest)


def _has_own_name(mount: Mount) -> bool:
    """True if the folder is named `ID` or `ID@…`: one of another name must not take the id over with a high version."""
    return mount.folder.name.partition("@")[0] == mount.id


def _packages(root: Path) -> list[tuple[str, Fingerprint]]:
    """Packages that a root is or contains, in order of their names, with their fingerprints."""
    if own := _fingerprint(str(root)):
        return [(str(root), own)]
    try:
        with os.scandir(root) as entries:
            # a dot marks a folder that is being written or was set aside
            folders = sorted(entry.path for entry in entries if entry.name[0] != "." and entry.is_dir())
    except OSError:
        return []
    return [(folder, fingerprint) for folder in folders if (fingerprint := _fingerprint(folder))]


def _fingerprint(folder: str) -> Fingerprint:
    """Fingerprint of a folder's manifest and index; empty if the folder has neither."""
    found: list[tuple[int, int, int]] = []
    for name in ("manifest.json", "index.json"):
        with contextlib.suppress(OSError):
            found_file = os.stat(f"{folder}/{name}")  # noqa: PTH116 - a thousand paths take longer than their files
            if S_ISREG(found_file.st_mode):
                found.append((found_file.st_ino, found_file.st_size, found_file.st_mtime_ns))
    return tuple(found)
