"""Version references: `ID`, `ID@1.2`, `ID@latest`, `ID@>=1,<2`, each with an optional `hub://` prefix.

Versions are compared as by Python's packaging (PEP 440), which also reads semantic versions, including pre-releases. A
version that isn't valid there sorts by its leading numbers (else 0), below the release with these numbers, and is
selected only by its exact name, or as the newest.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vrom.errors import InvalidArgumentError

if TYPE_CHECKING:
    from packaging.version import Version

VERSION = re.compile(r"[0-9A-Za-z][0-9A-Za-z.+_-]{0,63}")
"""Pattern of a version: it becomes part of file names and addresses."""

UNKNOWN = "unknown"
"""Version of a cartridge whose documentation names none; it sorts below every other."""

_LONGEST = 200
_NUMBERS = re.compile(r"v?(\d{1,9}(?:\.\d{1,9}){0,5})(?![\d.])")


@dataclass(frozen=True)
class Reference:
    """Reference to a cartridge: its id, and the wanted version (empty: the newest)."""

    id: str
    wanted: str = ""

    def __str__(self) -> str:
        return f"{self.id}@{self.wanted}" if self.wanted else self.id


def parse_reference(text: str) -> Reference:
    """Parse `ID`, `ID@VERSION`, `ID@RANGE` or `ID@latest`. Validates neither part."""
    cartridge_id, _, wanted = text.removeprefix("hub://").partition("@")
    return Reference(cartridge_id, "" if wanted.strip() == "latest" else wanted.strip())


def newest(versions: Iterable[str]) -> str | None:
    """Newest version; a pre-release only if there is nothing else. None if `versions` is empty."""
    known = list(versions)
    if len(known) < 2:
        return known[0] if known else None
    finals = [version for version in known if not _is_prerelease(version)]
    return max(finals or known, key=sort_key)


def choose(wanted: str, versions: Iterable[str]) -> str | None:
    """Newest version that matches `wanted`, or None.

    `wanted` is empty (the newest), an exact version, a version prefix (`1.2` matches 1.2.0 and 1.2.7, but not 1.20), or
    a PEP 440 range (`>=1,<2`, `~=1.4`, `!=1.3`). Raises `InvalidArgumentError` if it is none of these.
    """
    known = list(versions)
    if not wanted:
        return newest(known)
    if wanted in known:
        return wanted
    return newest(_matching(wanted, known))


def sort_key(version: str) -> tuple["Version", str]:
    """Sort key of a version, oldest first; defined for any string."""
    return _parsed(version), version


def is_same_version(one: str, other: str) -> bool:
    """True for `2.0` and `2.0.0`."""
    return one == other or _parsed(one) == _parsed(other)


def describe_version(version: str) -> str:
    """The version for display: `2.14.4`, or `version unknown`."""
    return f"version {UNKNOWN}" if version == UNKNOWN else version


def _matching(wanted: str, versions: Iterable[str]) -> list[str]:
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    forms = [wanted] if wanted[0] in "<>=!~" else [f"=={wanted}.*", f"=={wanted}"]
    for form in forms:
        try:
            ranges = SpecifierSet(form)
        except InvalidSpecifier:
            continue
        known = [(version, _understood(version)) for version in versions]
        return [version for version, parsed in known if parsed and ranges.contains(parsed, prereleases=True)]
    if VERSION.fullmatch(wanted):
        return []  # exact version that PEP 440 doesn't cover
    raise InvalidArgumentError(
        f"{wanted[:100]!r} is not a version or a range of versions. "
        "Expected something like 1.2, 1.2.3, latest, >=1.2 or >=1.2,<2."
    )


def _is_prerelease(version: str) -> bool:
    return _parsed(version).is_prerelease


def _parsed(version: str) -> "Version":
    from packaging.version import Version

    if understood := _understood(version):
        return understood
    numbers = _NUMBERS.match(version)
    return Version(f"{numbers[1] if numbers else 0}.dev0")


def _understood(version: str) -> "Version | None":
    from packaging.version import Version

    if len(version) > _LONGEST:
        return None
    try:
        return Version(version)
    except ValueError:
        return None
