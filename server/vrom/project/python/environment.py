"""The Python environment of a project: what is installed there, read without running anything of it."""

import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from vrom.project.python.installed import InstalledDistribution, find_distributions
from vrom.project.roots import folders_above
from vrom.storage.regular_file import open_regular

_LARGEST_CONFIGURATION = 64_000
_USUAL = (".venv", "venv", "env")
_VERSION = r"[0-9]{1,3}\.[0-9]{1,3}"


@dataclass(frozen=True)
class PythonEnvironment:
    """A virtual or conda environment."""

    folder: Path

    @property
    def version(self) -> str:
        """Its Python's version; empty if it doesn't say."""
        try:
            with open_regular(self.folder / "pyvenv.cfg") as stream:
                text = stream.read(_LARGEST_CONFIGURATION).decode("utf-8", "replace")
        except OSError:
            text = ""
        found = re.search(rf"^version(?:_info)?[ \t]*=[ \t]*({_VERSION}(?:\.[0-9]{{1,3}})?)\b", text, re.MULTILINE)
        named = re.fullmatch(f"python({_VERSION})", self.site_packages[0].parent.name) if self.site_packages else None
        return found[1] if found else named[1] if named else ""

    @cached_property
    def site_packages(self) -> tuple[Path, ...]:
        """Its folders of installed distributions."""
        places = [*sorted(self.folder.glob("lib/python3*/site-packages")), self.folder / "Lib" / "site-packages"]
        return tuple(place for place in places if place.is_dir())

    @cached_property
    def distributions(self) -> dict[str, InstalledDistribution]:
        """The installed distributions by normalised name."""
        found: dict[str, InstalledDistribution] = {}
        for place in self.site_packages:
            for one in find_distributions(place):
                found.setdefault(one.name, one)
        return found


def find_environment(project: Path, named: Sequence[Path] = ()) -> PythonEnvironment | None:
    """Find a project's environment: one in its folder or a folder above, else the first of `named` that exists.

    `named` are the folders that variables name (`UV_PROJECT_ENVIRONMENT`, `VIRTUAL_ENV`, `CONDA_PREFIX`). vrom's own
    environment isn't one, unless it is the project's.
    """
    folders = [above / name for above in folders_above(project) for name in _USUAL]
    others = [project / one for one in named if (project / one).resolve() != Path(sys.prefix).resolve()]
    for folder in [*folders, *others]:
        environment = PythonEnvironment(folder)
        if environment.site_packages:
            return environment
    return None
