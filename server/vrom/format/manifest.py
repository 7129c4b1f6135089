"""The small part of reading a package: its manifest. Nothing heavy is imported here, so a server can say what it has
before it has read any index.
"""

from pathlib import Path
from stat import S_ISREG

from pydantic import ValidationError

from vrom.errors import PackageBrokenError, PackageLimitError, PackageNotFoundError
from vrom.format.hidden_text import visible_line
from vrom.format.limits import DEFAULT_LIMITS, Meter
from vrom.format.models import Manifest

LARGEST_MANIFEST = 1_000_000
"""Bytes. A server reads the manifests of all that it finds before anybody asks for anything."""

RAISE_LIMIT = "If you trust the package, raise VROM_MAX_PACKAGE."

RECORD_FILE = "pulled.json"
"""Beside a pulled package's files: where it came from. It belongs to the package and goes with it."""


def is_package(folder: Path) -> bool:
    """Whether a folder is one package: it holds a manifest or an index."""
    return (folder / "index.json").is_file() or (folder / "manifest.json").is_file()


def read_manifest(folder: Path) -> Manifest:
    """Read `manifest.json` alone. What it says of the package, people see as models do: on one line, nothing hidden.

    Raises `PackageNotFoundError` when there is none, `PackageBrokenError` when it isn't one.
    """
    file = folder / "manifest.json"
    try:
        raw = read_bytes(file, LARGEST_MANIFEST, "A manifest needs a few thousand; it isn't one.")
        manifest = Manifest.model_validate(Meter().parse(file, raw))
    except ValidationError as error:
        raise broken(file, error) from error
    return _shown(manifest)


def _shown(manifest: Manifest) -> Manifest:
    """Words that reach models as part of instructions and listings, in which they may not pass for anything else."""
    spec = manifest.embedding_spec
    said = {name: getattr(manifest, name) for name in ("version", "description", "source", "created_at")}
    of_spec = {name: getattr(spec, name) for name in ("model", "quantization")}
    for words in (said, of_spec):
        words.update({name: visible_line(text) for name, text in words.items()})
    if isinstance(name := (manifest.model_extra or {}).get("name"), str):
        said["name"] = visible_line(name)
    return manifest.model_copy(update={**said, "embedding_spec": spec.model_copy(update=of_spec)})


def package_file(folder: Path, name: str, field: str) -> Path:
    """The path of a file that the manifest names, which must be a plain name inside the folder itself."""
    if not name or Path(name).name != name or name in {".", ".."} or "\\" in name or "\0" in name or len(name) > 200:
        raise PackageBrokenError(folder / "manifest.json", field, f"{name[:80]!r} is not a plain file name")
    file = folder / name
    if file.is_symlink() and not file.resolve().is_relative_to(folder.resolve()):
        raise PackageBrokenError(
            folder / "manifest.json", field, f"{name[:80]!r} is a link that leads out of the folder"
        )
    return file


def read_bytes(file: Path, max_bytes: int = DEFAULT_LIMITS.file_bytes, remedy: str = RAISE_LIMIT) -> bytes:
    """The bytes of a package's file.

    Raises `PackageNotFoundError`, `PackageBrokenError` when it can't be read, `PackageLimitError` when there are more
    than `max_bytes`.
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
    """The first complaint of pydantic, in the format's words: `nodes[3].metadata.text`."""
    first = error.errors(include_url=False)[0]
    location = list(first["loc"])
    if "{}" in root and location:
        root = root.format(location.pop(0))
    field = root
    for part in location:
        field += f"[{part}]" if isinstance(part, int) else f".{part}" if field else str(part)
    more = f" (and {error.error_count() - 1} more)" if error.error_count() > 1 else ""
    return PackageBrokenError(file, field, first["msg"][:1].lower() + first["msg"][1:] + more)
