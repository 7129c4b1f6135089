"""Distributions installed in a Python environment, by the headers of their metadata.

An environment may be part of a checkout, so that its files may be anything: pipes, gigabytes, bytes that aren't text.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from packaging.utils import canonicalize_name

from vrom.project.dependency import Dependency, is_well_formed
from vrom.storage.regular_file import open_regular

_MOST_DISTRIBUTIONS = 20_000
_LONGEST_HEADER = 64_000
"""Bytes of a metadata file in which its name and version must be."""
_METADATA = {".dist-info": "METADATA", ".egg-info": "PKG-INFO"}
_PROJECT_URL = re.compile(r"^Project-URL:[ \t]*([^\r\n]{1,500})", re.MULTILINE)
_HOME_PAGE = re.compile(r"^Home-page:[ \t]*([^\r\n]{1,500})", re.MULTILINE)
_FIELD = re.compile(r"^(Name|Version):[ \t]*([^\r\n]{1,200})", re.MULTILINE)


@dataclass(frozen=True)
class InstalledDistribution:
    """An installed distribution."""

    name: str
    """Normalised (PEP 503)."""
    version: str
    metadata: Path
    """Its `NAME-VERSION.dist-info` in a folder `site-packages`."""


def find_distributions(site_packages: Path) -> Iterator[InstalledDistribution]:
    """The distributions installed in a folder; those whose name or version no index would accept are left out."""
    try:
        entries = sorted(entry for entry in site_packages.iterdir() if entry.suffix in _METADATA)
    except OSError:
        return
    for entry in islice(entries, _MOST_DISTRIBUTIONS):
        fields = _read_fields(entry / _METADATA[entry.suffix])
        found = InstalledDistribution(canonicalize_name(fields.get("Name", "")), fields.get("Version", ""), entry)
        if found.name and found.version and is_well_formed(Dependency("pypi", found.name, found.version)):
            yield found


def _read_fields(file: Path) -> dict[str, str]:
    """Name and version in a metadata file; empty if it can't be read."""
    return {name: value.strip() for name, value in reversed(_FIELD.findall(_read_header(file)))}


def _read_header(file: Path) -> str:
    """The fields of a metadata file, without the description below them; empty if it can't be read."""
    try:
        with open_regular(file) as stream:
            header = stream.read(_LONGEST_HEADER).decode("utf-8", "replace")
    except (OSError, ValueError):
        return ""
    return header.replace("\r\n", "\n").partition("\n\n")[0]


def read_links(folder: Path) -> list[tuple[str, str]]:
    """Labels and addresses in the metadata file in a folder (`METADATA`, `PKG-INFO`); empty without one."""
    for name in _METADATA.values():
        header = _read_header(folder / name)
        if header:
            named = [entry.partition(",") for entry in _PROJECT_URL.findall(header)]
            home = [("Home-page", url.strip()) for url in _HOME_PAGE.findall(header)]
            return [*((label.strip(), url.strip()) for label, _, url in named), *home]
    return []
