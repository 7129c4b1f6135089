"""Reading a package's manifest, without heavy imports.

A server lists its packages before it has read any index.
"""

from pathlib import Path
from stat import S_ISREG

from pydantic import ValidationError

from vrom.errors import PackageBrokenError, PackageLimitError, PackageNotFoundError
from vrom.format.limits import DEFAULT_LIMITS, Meter
from vrom.format.models import Manifest

LARGEST_MANIFEST = 1_000_000
"""Largest manifest in bytes. A server reads the manifests of all packages at startup."""

RAISE_LIMIT = "If you trust the package, raise VROM_MAX_PACKAGE."

RECORD_FILE = "pulled.json"
"""Record of a pulled package's origin, in its folder. It belongs to the package and is replaced with it."""


def is_package(folder: Path) -> bool:
    """Return true if a folder is a package: it contains a manifest or an index."""
    return (folder / "index.json").is_file() or (folder / "manifest.json").is_file()


def read_manifest(folder: Path) -> Manifest:
    """Read `manifest.json` alone. Its texts are reduced to one line each, without hidden characters.

    Raises `PackageNotFoundError` if it doesn't exist, `PackageBrokenError` if it is invalid.
    """
    file = folder / "manifest.json"
    try:
        raw = read_bytes(file, LARGEST_MANIFEST, "A manifest needs a few thousand; it isn't one.")
        return Manifest.model_validate(Meter().parse(file, raw))
    except ValidationError as error:
        raise broken(file, error) from error


def package_file(folder: Path, name: str, field: str) -> Path:
    """Path of a file named in the manifest; it must be a plain file name inside the folder."""
    if not name or Path(name).name != name or name in {".", ".."} or "\\" in name or "\0" in name or len(name) > 200:
        raise PackageBrokenError(folder / "manifest.json", field, f"{name[:80]!r} is not a plain file name")
    file = folder / name
    if file.is_symlink() and not file.resolve().is_relative_to(folder.resolve()):
        raise PackageBrokenError(
            folder / "manifest.json", field, f"{name[:80]!r} is a link that leads out of the folder"
        )
    return file


def read_bytes(file: Path, max_bytes: int = DEFAULT_LIMITS.file_bytes, remedy: str = RAISE_LIMIT) -> bytes:
    """Read a file of a package.

    Raises `PackageNotFoundError` if it doesn't exist, `PackageBrokenError` if it can't be read, `PackageLimitError` if
    it is larger than `max_bytes`.
    """
    try:
        stat = file.stat()
        if not S_ISREG(stat.st_mode):
            raise PackageBrokenError(file, "", "it is no file, expected one with JSON")
        if stat.st_size > max_bytes:
            problem = f"{stat.st_size:,} bytes, more than the {max_bytes:,} that are read"
            raise PackageLimitError(file, "", problem, remedy)
        with file.open("rb") as stream:
            raw = stream.read(stat.st_size + 1)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise PackageNotFoundError(
            f"{file} isn't there. A package is a folder with manifest.json and index.json; "
            "`vrom build` makes one and `vrom check DIR` tells what is wrong with one."
        ) from error
    except OSError as error:
        raise PackageBrokenError(file, "", f"it can't be read ({error.strerror})", "Check its permissions.") from error
    if len(raw) > stat.st_size:
        raise PackageBrokenError(file, "", "it holds more than it says", "It may be being written: try again.")
    return raw


def broken(file: Path, error: ValidationError, root: str = "") -> PackageBrokenError:
    """Convert the first problem of a pydantic error, with a field as in `nodes[3].metadata.text`."""
    first = error.errors(include_url=False)[0]
    location = list(first["loc"])
    if "{}" in root and location:
        root = root.format(location.pop(0))
    field = root
    for part in location:
        field += f"[{part}]" if isinstance(part, int) else f".{part}" if field else str(part)
    more = f" (and {error.error_count() - 1} more)" if error.error_count() > 1 else ""
    return PackageBrokenError(file, field, first["msg"][:1].lower() + first["msg"][1:] + more)
