"""Damage that shows only while a cartridge is read: its own problem, never that of the others."""

import re

from vrom.errors import PackageBrokenError, PackageError, PackageNotFoundError, VromError


def is_damage(error: Exception) -> bool:
    """Return true if an error while reading a cartridge comes from its contents.

    Arrays of a damaged companion raise whatever numpy, JSON or Python raises for values that can't be. A wrong request,
    a full disk or a lack of memory is no damage.
    """
    if isinstance(error, VromError):
        return isinstance(error, PackageError)
    return not isinstance(error, OSError | MemoryError)


_PLACE = re.compile(r"[\w.\[\]]{1,60}")
_QUOTED = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"")


def _harmless(quoted: re.Match[str]) -> str:
    """A quoted text as it is if it can't be a sentence; else what it stands for."""
    return quoted[0] if re.fullmatch(r"[\w./+-]{0,40}", quoted[0][1:-1]) else "a text"


def problem_of(error: Exception) -> str:
    """Describe an error in a package to clients: without paths, and without texts of the package."""
    if isinstance(error, PackageBrokenError):
        where = [part for part in (error.file.name, error.field) if _PLACE.fullmatch(part)]
        return f"{', '.join(where) or 'a file of it'}: {_QUOTED.sub(_harmless, error.problem)}."
    if isinstance(error, PackageNotFoundError):
        return "a file of it is missing."
    return "its files are damaged."
