"""Damage that shows only while a cartridge is read: its own problem, never that of the others."""

from vrom.errors import PackageBrokenError, PackageError, PackageNotFoundError, VromError


def is_damage(error: Exception) -> bool:
    """Return true if an error while reading a cartridge comes from its contents.

    Arrays of a damaged companion raise whatever numpy, JSON or Python raises for values that can't be. A wrong request,
    a full disk or a lack of memory is no damage.
    """
    if isinstance(error, VromError):
        return isinstance(error, PackageError)
    return not isinstance(error, OSError | MemoryError)


def problem_of(error: Exception) -> str:
    """Describe an error in a package to clients: without paths, and without texts of the package."""
    if isinstance(error, PackageBrokenError):
        return f"{error.file.name}{', ' if error.field else ''}{error.field}: {error.problem}."
    if isinstance(error, PackageNotFoundError):
        return "a file of it is missing."
    return "its files are damaged."
