"""Binary companions of a package: what a search needs, made from its three files, or in place of two of them.

`contents` holds chunks and vectors, `words` the lexical index, `graph` the index of the vectors. The manifest declares
each with its size and SHA-256 under `companions`, a key that other readers of the format ignore. Companions that don't
belong to the manifest or to `index.json` are passed over: what they were made from is read instead.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from vrom.errors import PackageBrokenError, PackageError
from vrom.format.manifest import package_file
from vrom.format.models import Manifest
from vrom.storage.array_file import ArrayFile, open_arrays

VERSION = 1
NAMES = {"contents": "contents.bin", "words": "words.bin", "graph": "graph.usearch"}
"""File names by what the companion holds."""


class Companion(BaseModel):
    """One file, as the manifest declares it."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    file: str
    bytes: int = Field(ge=0)
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")


class Companions(BaseModel):
    """All that a package carries."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    version: int
    contents: Companion
    words: Companion | None = None
    graph: Companion | None = None

    @property
    def files(self) -> Mapping[str, Companion]:
        """Those that there are, by what they hold."""
        every = {"contents": self.contents, "words": self.words, "graph": self.graph}
        return {name: companion for name, companion in every.items() if companion}


def declared_companions(manifest: Manifest) -> Companions | None:
    """What the manifest declares; None where that is nothing, or nothing that this version understands."""
    try:
        declared = Companions.model_validate((manifest.model_extra or {}).get("companions"))
    except ValidationError:
        return None
    return declared if declared.version == VERSION else None


def were_left_behind(folder: Path, manifest: Manifest, declared: Companions) -> bool:
    """Whether none of them is here, and `index.json` is: a pull brings the three files of the format alone."""
    try:
        files = [package_file(folder, one.file, f"companions.{name}.file") for name, one in declared.files.items()]
        index = package_file(folder, manifest.files.index, "files.index")
    except PackageBrokenError:
        return False
    return index.exists() and not any(file.exists() for file in files)


@dataclass(frozen=True)
class Packed:
    """The companions of a package, opened."""

    contents: ArrayFile
    words: ArrayFile | None
    graph: Path | None
    digest: str
    """Tells these files from all others, in hex. Nobody else's files have it, whatever their manifest says."""


def open_companions(folder: Path, manifest: Manifest, declared: Companions) -> Packed:
    """Open what is declared, and see that sizes are right and each file belongs to the others.

    Raises `PackageError` where that isn't so.
    """
    files = {name: _whole(folder, name, companion) for name, companion in declared.files.items()}
    contents = open_arrays(files["contents"])
    words = open_arrays(files["words"]) if "words" in files else None
    _belongs(files["contents"], contents, {"corpus_hash": manifest.corpus_hash})
    if words:
        _belongs(files["words"], words, {"contents": declared.contents.sha256})
    digest = hashlib.sha256()
    for name, file in files.items():
        stat = file.stat()
        identity = (name, declared.files[name].sha256, stat.st_dev, stat.st_ino, stat.st_mtime_ns, stat.st_ctime_ns)
        digest.update(repr(identity).encode())
    return Packed(contents, words, files.get("graph"), digest.hexdigest())


def _whole(folder: Path, name: str, companion: Companion) -> Path:
    file = package_file(folder, companion.file, f"companions.{name}.file")
    try:
        size = file.stat().st_size
    except OSError as error:
        raise PackageError(f"{file} isn't there, but the manifest declares it. {REMEDY}") from error
    if size != companion.bytes:
        raise PackageBrokenError(file, "", f"{size:,} bytes, but the manifest declares {companion.bytes:,}", REMEDY)
    return file


REMEDY = "`vrom pack DIR` makes a package's companions anew from index.json."


def _belongs(file: Path, opened: ArrayFile, expected: Mapping[str, str]) -> None:
    for key, value in expected.items():
        if opened.about.get(key) != value:
            problem = f"it was made for another package ({key} {str(opened.about.get(key))[:16]}, not {value[:16]})"
            raise PackageBrokenError(file, "header", problem, REMEDY)


def stands_alone(folder: Path, manifest: Manifest) -> bool:
    """Whether companions are all there is: the package has no `index.json` that they were made from."""
    if declared_companions(manifest) is None:
        return False
    try:
        return not package_file(folder, manifest.files.index, "files.index").exists()
    except PackageBrokenError:
        return False


def companions_are_whole(folder: Path, manifest: Manifest) -> bool:
    """Whether every companion that is declared has the digest that it should have."""
    declared = declared_companions(manifest)
    try:
        return declared is not None and all(
            digest_of(package_file(folder, one.file, f"companions.{name}.file")) == one.sha256
            for name, one in declared.files.items()
        )
    except (OSError, PackageError):
        return False


def digest_of(file: Path) -> str:
    """SHA-256 of a file in hex, read bit by bit. Raises OSError."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
