"""Legacy copies within a package: older versions of its API, and what it keeps for compatibility."""

import re
from collections.abc import Callable, Iterable

_LEGACY = {"legacy", "compat"}
_VERSION = re.compile(r"v(\d{1,3})")


def find_legacy(subpaths: Iterable[str], main_sources: Iterable[str], version: str) -> Callable[[str], bool]:
    """A function that is true for the subpaths of legacy copies.

    `./v3` is one if its main entry point isn't made of `v3`, and the package has a later version of its API, or is of
    version 4 itself.
    """
    subpaths = list(subpaths)
    current = {number for source in main_sources for number in _list_versions(source)}
    offered = {number for subpath in subpaths for number in _list_versions(subpath)} | current
    major = re.match(r"\d{1,3}", version)
    before = int(major.group()) - 1 if major else 0

    def is_legacy(subpath: str) -> bool:
        parts = set(subpath.lower().split("/"))
        return bool(parts & _LEGACY) or any(
            number not in current and (number < max(offered) or (number == before and len(offered) == 1))
            for number in _list_versions(subpath)
        )

    return is_legacy


def _list_versions(path: str) -> list[int]:
    """The versions that folders of a path are named after: 3 for `./v3/types`."""
    return [int(found.group(1)) for part in path.split("/") if (found := _VERSION.fullmatch(part))]
