"""Find the hosts that are on this machine."""

import shutil
from collections.abc import Callable, Collection
from pathlib import Path

from vrom.errors import ConfigurationError
from vrom.hosts.catalog import known_hosts
from vrom.hosts.configuration import plan_removal
from vrom.hosts.host import Host, Place
from vrom.settings import HostFolders


def detect(folders: HostFolders, which: Callable[[str], str | None] = shutil.which) -> list[Host]:
    """The hosts whose program `which` finds, or whose own files exist; a file that only vrom has written is no sign."""
    hosts = list(known_hosts(folders).values())
    ours = {host.places["user"].file for host in hosts if _is_wholly_ours(host.places["user"])}
    return [
        host for host in hosts if any(map(which, host.programs)) or any(_is_sign(sign, ours) for sign in host.signs)
    ]


def _is_wholly_ours(place: Place) -> bool:
    """True if the file holds nothing but vrom's entry."""
    try:
        change = plan_removal(place)
    except ConfigurationError:
        return False
    return change.before is not None and change.after is None


def _is_sign(path: Path, ours: Collection[Path]) -> bool:
    """True for a file, or a folder with a file in it, that isn't among `ours`."""
    try:
        if path.is_dir():
            return any(file.is_file() and file not in ours for file in path.rglob("*"))
        return path.is_file() and path not in ours
    except OSError:  # unreadable, so there is something
        return True
