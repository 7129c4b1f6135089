"""Exceptions that vrom raises for expected failures.

    VromError
    ├── PackageError               a package on disk can't be used
    │   ├── PackageNotFoundError   the folder, or a required file in it, doesn't exist
    │   └── PackageBrokenError     a file exists, but its content is invalid
    │       └── PackageLimitError  reading it would exceed the limits in the settings
    ├── ModelError                 an embedding model can't be used
    │   ├── ModelMissingError      its files are not on this machine
    │   ├── ModelBrokenError       its files exist, but are damaged or not the expected ones
    │   ├── ModelUnknownError      the model name is unknown
    │   └── DownloadError          its files could not be fetched
    ├── HubError                   a package can't be fetched, installed or published
    │   ├── TransferError          a URL could not be read: network, status, size
    │   ├── MismatchError          a downloaded or installed package differs from the expected one
    │   └── TrustError             a registry isn't signed with its known key
    ├── StoreError                 a database of cartridges can't be used
    │   └── StoreUnavailableError  it can't be reached, or takes too long
    ├── NotFoundError              an id that doesn't exist; the message suggests the nearest valid ones
    ├── InvalidArgumentError       a value that the call doesn't accept
    ├── BuildError                 a package can't be built from these sources
    │   └── NoTextError            they have no text, or only titles
    └── ConfigurationError         a host's configuration file can't be read, or not changed safely

Messages state what was found, where, what was expected, and the remedy. Messages of `NotFoundError` and
`InvalidArgumentError` are shown to MCP clients unchanged, so they never contain a path of this machine.
"""

import difflib
from collections.abc import Iterable
from pathlib import Path


class VromError(Exception):
    """Base class of all exceptions that vrom raises for expected failures."""


class PackageError(VromError):
    """A package on disk can't be used."""


class PackageNotFoundError(PackageError):
    """The package's folder, or a required file in it, doesn't exist."""


class PackageBrokenError(PackageError):
    """A file of a package exists, but its content is invalid.

    `file` is the path; `field` is the position in it (`nodes[3].vector`), empty for the file as a whole.
    """

    def __init__(self, file: Path, field: str, problem: str, remedy: str = "Rebuild it or pull it again.") -> None:
        self.file, self.field, self.problem = file, field, problem
        where = f"{file}, {field}" if field else f"{file}"
        super().__init__(f"{where}: {problem}. {remedy}")


class PackageLimitError(PackageBrokenError):
    """Reading a package would exceed the limits in the settings: size, memory or time."""


class ModelError(VromError):
    """An embedding model can't be used."""


class ModelMissingError(ModelError):
    """The model's files are not on this machine."""


class ModelBrokenError(ModelError):
    """The model's files exist, but are damaged or not the expected ones."""


class ModelUnknownError(ModelError):
    """The model name is unknown."""


class DownloadError(ModelError):
    """The model's files could not be fetched."""


class HubError(VromError):
    """A package can't be fetched, installed or published."""


class TransferError(HubError):
    """A URL could not be read because of the network, the status or the size.

    `again` is True if a retry makes sense; `pause` is the delay in seconds that the server requests; `status` is the
    HTTP status (0 without a response).
    """

    def __init__(self, message: str, *, again: bool = False, pause: float = 0.0, status: int = 0) -> None:
        self.again, self.pause, self.status = again, pause, status
        super().__init__(message)


class MismatchError(HubError):
    """A downloaded or installed package differs from the expected one."""


class TrustError(HubError):
    """A registry isn't signed with its known key, or its signature is invalid."""


class StoreError(VromError):
    """A database of cartridges can't be used. The message never contains its address or credentials."""


class StoreUnavailableError(StoreError):
    """The database can't be reached, or takes too long."""


class NotFoundError(VromError):
    """An id that doesn't exist. The message suggests the nearest valid ones."""

    def __init__(self, what: str, given: object, known: Iterable[str], remedy: str = "") -> None:
        self.what, self.given = what, given
        sentences = [
            f"No {what} {given if isinstance(given, int) else repr(str(given)[:200])}.",
            nearest(str(given), known),
            remedy,
        ]
        super().__init__(" ".join(filter(None, sentences)))


class InvalidArgumentError(VromError):
    """A value that the call doesn't accept."""


class BuildError(VromError):
    """A package can't be built from these sources."""


class NoTextError(BuildError):
    """The sources of a package have no text, or only titles."""


class ConfigurationError(VromError):
    """A host's configuration file can't be read, or not changed safely."""


_MOST_LISTED = 8
"""Maximum number of valid names that a message lists."""


def nearest(given: str, known: Iterable[str], count: int = 3) -> str:
    """A sentence that suggests the known names closest to `given`, or lists some; empty if `known` is.

    >>> nearest("pydntic", ["pydantic", "uv"])
    "Did you mean 'pydantic'?"
    """
    names = list(dict.fromkeys(known))
    folded = given.lower()[:200]
    parts = [name for name in names if folded and (folded in name.lower() or name.lower() in folded)]
    close = list(dict.fromkeys([*difflib.get_close_matches(given[:200], names, n=count, cutoff=0.5), *parts]))[:count]
    if close:
        return f"Did you mean {' or '.join(map(repr, close))}?"
    if names:
        most = max(count, _MOST_LISTED)
        more = f" and {len(names) - most:,} more" if len(names) > most else ""
        listed = ", ".join(repr(name)[1:-1] for name in names[:most])  # untrusted names, so escape them
        return f"Available: {listed}{more}."
    return ""
