"""The tag of a version among a repository's tags."""

import re
from collections.abc import Iterable

from packaging.version import InvalidVersion, Version

_SEPARATORS = ("@", "-", "/", "_", "==", ".")
"""Separators between the name of a package and its version in a tag."""
_PREFIX = re.compile(r"(?:(?:releases?|rel|version|ver)[-_/.]?)?v?[-_.]?", re.IGNORECASE)


def find_tag(tags: Iterable[str], name: str, version: str) -> str | None:
    """The tag that marks a version of a package, such as `v1.2`, `1.2`, `name@1.2`, `name/v1.2` or `rel_1_2`.

    One that names the package comes first: in a repository of several packages, `v1.2` may be another one's. A tag of
    another version never fits, nor one that names another package. None if there is none.
    """
    ranked = sorted((*rank, tag) for tag in tags if (rank := _rank(tag, name, version)))
    return ranked[0][-1] if ranked else None


def _rank(tag: str, name: str, version: str) -> tuple[bool, bool] | None:
    """The rank of a tag, best first: whether it lacks the name, and writes the version in another way.

    None if it isn't a tag of this version of the package.
    """
    own = [spelling + separator for spelling in _spellings(name) for separator in _SEPARATORS]
    for prefix in sorted(own, key=len, reverse=True):
        if tag.lower().startswith(prefix):
            rest = tag[len(prefix) :].removeprefix("v")
            return (False, rest != version) if _is_version(rest, version) else None
    found = _PREFIX.match(tag)
    rest = tag[found.end() :] if found else tag
    return (True, rest != version) if _is_version(rest, version) else None


def _spellings(name: str) -> set[str]:
    """The names that tags may have for a package: `@babel/core` and `core`, with `-` or `_`."""
    names = {name.lower(), name.lower().rpartition("/")[2]}
    return names | {one.replace("-", "_") for one in names} | {one.replace("_", "-") for one in names}


def _is_version(text: str, version: str) -> bool:
    """True if a text means the version: `1_2` and `1.2.0` mean 1.2. A lone number, `1`, often marks the newest 1.x."""
    if text == version:
        return True
    dotted = re.sub(r"(?<=\d)[_-](?=\d)", ".", text)
    try:
        return "." in dotted and Version(dotted) == Version(version)
    except InvalidVersion:
        return False
