"""Everything that vrom raises on purpose.

    VromError
    ├── PackageError               a package on disk can't be used
    │   ├── PackageNotFoundError   the folder, or a file that it must hold, isn't there
    │   └── PackageBrokenError     a file is there, but what it holds is wrong
    │       └── PackageLimitError  reading it would take more than the settings allow
    ├── ModelError                 an embedding model can't be used
    │   ├── ModelMissingError      its files are not on this machine
    │   ├── ModelBrokenError       its files are there, but damaged or not the ones expected
    │   ├── ModelUnknownError      nothing is known under this name
    │   └── DownloadError          its files could not be fetched
    ├── HubError                   a cartridge can't be fetched, put in place or published
    │   ├── TransferError          an address could not be read: network, status, size
    │   ├── MismatchError          what came, or what is here, isn't what was promised
    │   └── TrustError             a registry isn't signed with the key that is known of it
    ├── NotFoundError              an id that nothing mounted answers to; names the nearest valid ones
    ├── InvalidArgumentError       a value outside what the call accepts
    ├── BuildError                 a cartridge can't be made of these sources
    └── ConfigurationError         a host's configuration file can't be read, or not changed safely

A message says what was found, where, what was expected, and what to do. Messages of `NotFoundError` and
`InvalidArgumentError` are shown to MCP clients as they are, so they never name a path of this machine.
"""

import difflib
from collections.abc import Iterable
from pathlib import Path


class VromError(Exception):
    """The root: catch it to catch everything that vrom raises on purpose."""


class PackageError(VromError):
    """A package on disk can't be used."""


class PackageNotFoundError(PackageError):
    """The folder, or a file that it must hold, isn't there."""


class PackageBrokenError(PackageError):
    """A file of a package is there, but what it holds is wrong.

    `file` is the path; `field` says where in it (`nodes[3].vector`), empty when the file as a whole is meant.
    """

    def __init__(self, file: Path, field: str, problem: str, remedy: str = "Rebuild it or pull it again.") -> None:
        self.file, self.field, self.problem = file, field, problem
        where = f"{file}, {field}" if field else f"{file}"
        super().__init__(f"{where}: {problem}. {remedy}")


class PackageLimitError(PackageBrokenError):
    """Reading a package would take more than the settings allow: size, memory or time."""


class ModelError(VromError):
    """An embedding model can't be used."""


class ModelMissingError(ModelError):
    """The model's files are not on this machine."""


class ModelBrokenError(ModelError):
    """The model's files are there, but damaged or not the ones expected."""


class ModelUnknownError(ModelError):
    """Nothing is known under this model name."""


class DownloadError(ModelError):
    """The model's files could not be fetched."""


class HubError(VromError):
    """A cartridge can't be fetched, put in place or published."""


class TransferError(HubError):
    """An address could not be read: the network, the status, or the size.

    `again` says whether another try makes sense, `pause` after how many seconds the server wants it, `status` is the
    server's answer (0: there was none).
    """

    def __init__(self, message: str, *, again: bool = False, pause: float = 0.0, status: int = 0) -> None:
        self.again, self.pause, self.status = again, pause, status
        super().__init__(message)


class MismatchError(HubError):
    """What came, or what is here, isn't what was promised."""


class TrustError(HubError):
    """A registry isn't signed with the key that is known of it, or its signature doesn't hold."""


class NotFoundError(VromError):
    """An id that nothing mounted answers to. The message names the nearest valid ones."""

    def __init__(self, what: str, given: object, known: Iterable[str], remedy: str = "") -> None:
        self.what, self.given = what, given
        sentences = [
            f"No {what} {given if isinstance(given, int) else repr(str(given)[:200])}.",
            nearest(str(given), known),
            remedy,
        ]
        super().__init__(" ".join(filter(None, sentences)))


class InvalidArgumentError(VromError):
    """A value outside what the call accepts."""


class BuildError(VromError):
    """A cartridge can't be made of these sources."""


class ConfigurationError(VromError):
    """A host's configuration file can't be read, or not changed safely."""


def nearest(given: str, known: Iterable[str], count: int = 3) -> str:
    """A sentence that offers the known names closest to `given`, or empty when nothing is known.

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
        more = f" and {len(names) - count} more" if len(names) > count else ""
        return f"There is {', '.join(map(repr, names[:count]))}{more}."
    return ""
