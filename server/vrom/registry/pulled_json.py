"""`pulled.json` in a package's folder: the package's origin, and the digests of its files when it was pulled.

Readers of the format ignore it.
"""

from pathlib import Path

from pydantic import BaseModel, ValidationError

from vrom.errors import PackageBrokenError, PackageError
from vrom.format.companions import NAMES, declared_tokens
from vrom.format.manifest import RECORD_FILE, package_file, read_bytes, read_manifest
from vrom.format.models import Manifest
from vrom.network.addresses import is_web, normalized
from vrom.network.download import Digest, digest_of
from vrom.registry.registry_json import ROLES, TOKENS
from vrom.storage.atomic import replace_file

LARGEST_RECORD = 100_000
"""Maximum bytes of a record: a package's folder may be untrusted, and so may its record."""


class Origin(BaseModel):
    """Origin of a package."""

    address: str
    """Address for `vrom pull`: `hub://ID`, `hf://datasets/OWNER/NAME@COMMIT`, a web URL, or a path."""
    registry: str = ""
    """For `hub://`: the registry's address."""
    key: str | None = None
    """For `hub://`: the public key that the registry was signed with."""

    @property
    def source(self) -> str:
        """Source of other versions of the package: a registry, a dataset, a folder of archives, or one URL."""
        if self.registry:
            return normalized(self.registry) if is_web(self.registry) else self.registry
        if is_web(self.address):
            return normalized(self.address)
        if self.address.startswith("hf://"):
            return self.address.partition("@")[0]
        return str(Path(self.address).parent)

    def __str__(self) -> str:
        """The origin in messages."""
        registry = f" in {self.registry}" if self.registry else ""
        return f"{self.address}{registry}{', signed' if self.key else ''}"


class Record(BaseModel):
    """Record of a pulled package."""

    version: int = 1
    origin: Origin
    wanted: str = ""
    """The requested version or range; empty for the newest, which an update may replace."""
    files: dict[str, Digest]
    """Digest of every file of the package, by role: manifest, index, chunks."""


def read_record(folder: Path) -> Record | None:
    """The record of a pulled package; None if it is absent or invalid, as for a package built on this machine."""
    try:
        return Record.model_validate_json(read_bytes(folder / RECORD_FILE, LARGEST_RECORD))
    except (PackageError, ValidationError):
        return None


def write_record(folder: Path, record: Record) -> None:
    """Write the record beside the package's files."""
    replace_file(folder / RECORD_FILE, [record.model_dump_json(indent=2).encode() + b"\n"])


def package_digests(folder: Path) -> dict[str, Digest]:
    """Current size and SHA-256 of those of the package's three files that exist, by role. Raises `PackageError`."""
    files = package_files(folder)
    return {role: digest_of(files[role]) for role in ROLES if role == "manifest" or files[role].is_file()}


def package_files(folder: Path) -> dict[str, Path]:
    """Paths of a package's files, by role, whether they exist or not: three, and word pieces if it declares any.

    Raises `PackageError`.
    """
    names = file_names(read_manifest(folder))
    files = {role: package_file(folder, name, f"files.{role}") for role, name in names.items()}
    if len({path.name for path in files.values()} | {RECORD_FILE}) != len(files) + 1:
        named = f"{names['index']!r} and {names['chunks']!r} are not names of two files of their own"
        raise PackageBrokenError(files["manifest"], "files", named)
    return files


def file_names(manifest: Manifest) -> dict[str, str]:
    """Names of a package's files by role, as its manifest has them."""
    tokens = declared_tokens(manifest)
    names = {"manifest": "manifest.json", "index": manifest.files.index, "chunks": manifest.files.chunks}
    return {**names, TOKENS: tokens.file} if tokens and tokens.file == NAMES[TOKENS] else names
