"""Copies within a package of another version of its API: earlier ones, later ones, what is kept for compatibility."""

import re
from collections.abc import Callable, Iterable
from typing import Literal

Mark = Literal["", "legacy", "later version"]
"""Kind of a subpath beside the package's own API, which has no mark."""

_LEGACY = {"legacy", "compat"}
_VERSION = re.compile(r"v(\d{1,3})(?:-\w{1,40})?")


def find_copies(subpaths: Iterable[str], main_sources: Iterable[str], version: str) -> Callable[[str], Mark]:
    """A function that gives the mark of a subpath.

    `./v3` is legacy if the main entry point isn't made of `v3`, and the package has a later version of its API, or is
    of version 4 itself. `./v4` is a later version if the main entry point is made of `v3`, as that of zod 3.25.
    """
    subpaths = list(subpaths)
    current = {number for source in main_sources for number in _list_versions(source)}
    offered = {number for subpath in subpaths for number in _list_versions(subpath)} | current
    major = re.match(r"\d{1,3}", version)
    before = int(major.group()) - 1 if major else 0

    def mark(subpath: str) -> Mark:
        others = [number for number in _list_versions(subpath) if number not in current]
        is_before = any(number < max(offered) or (number == before and len(offered) == 1) for number in others)
        if is_before or set(subpath.lower().split("/")) & _LEGACY:
            return "legacy"
        is_later = current and any(number > max(current | {before + 1}) for number in others)
        return "later version" if is_later else ""

    return mark


def _list_versions(path: str) -> list[int]:
    """The versions that folders of a path are named after: 3 for `./v3/types`, 4 for `./v4-mini`."""
    return [int(found.group(1)) for part in path.split("/") if (found := _VERSION.fullmatch(part))]
