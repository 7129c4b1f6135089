"""Binary companions of a package: data for searching, made from the package's files, or replacing two of them.

`contents` holds chunks and vectors, `words` the lexical index, `graph` the vector index; `tokens` holds word pieces,
which only the model gives, and comes with or without the others. The manifest declares each with its size and SHA-256
under `companions`, a key that other readers of the format ignore. Companions that don't match the manifest or
`index.json` are ignored, and `index.json` is read instead.
"""

import hashlib
import mmap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from vrom.errors import PackageBrokenError, PackageError
from vrom.format.manifest import package_file
from vrom.format.models import Manifest
from vrom.storage.array_file import ArrayFile, open_arrays
from vrom.storage.digest import sha256_of
from vrom.storage.regular_file import map_regular, open_regular

VERSION = 1
NAMES = {"contents": "contents.bin", "words": "words.bin", "graph": "graph.usearch", "tokens": "tokens.bin"}
"""File name of each companion."""


class Companion(BaseModel):
    """Companion file as declared in the manifest."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    file: str
    bytes: int = Field(ge=0)
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")


class Companions(BaseModel):
    """All companions of a package."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    version: int
    contents: Companion
    words: Companion | None = None
    graph: Companion | None = None

    @property
    def files(self) -> Mapping[str, Companion]:
        """Existing companions by name."""
        every = {"contents": self.contents, "words": self.words, "graph": self.graph}
        return {name: companion for name, companion in every.items() if companion}


def declared_companions(manifest: Manifest) -> Companions | None:
    """Companions made from the package's files that the manifest declares; None if there are none, or if this version
    doesn't support them.
    """
    try:
        declared = Companions.model_validate((manifest.model_extra or {}).get("companions"))
    except ValidationError:
        return None
    return declared if declared.version == VERSION else None


def declared_tokens(manifest: Manifest) -> Companion | None:
    """The companion with word pieces that the manifest declares; None if there is none that this version supports."""
    stated = (manifest.model_extra or {}).get("companions")
    if not isinstance(stated, dict) or stated.get("version") != VERSION:
        return None
    try:
        return Companion.model_validate(stated.get("tokens"))
    except ValidationError:
        return None


def were_left_behind(folder: Path, manifest: Manifest, declared: Companions) -> bool:
    """Return true if `index.json` exists but no companion does: a pull downloads only the three files of the format."""
    try:
        files = [package_file(folder, one.file, f"companions.{name}.file") for name, one in declared.files.items()]
        index = package_file(folder, manifest.files.index, "files.index")
    except PackageBrokenError:
        return False
    return index.exists() and not any(file.exists() for file in files)


@dataclass(frozen=True)
class Packed:
    """Opened companions of a package."""

    contents: ArrayFile
    words: ArrayFile | None
    graph: Path | None
    maps: Sequence[mmap.mmap]
    """Maps of all files, whose sizes show whether one was truncated."""
    digest: str
    """Hex digest unique to these files on this machine: an untrusted manifest can't make other files share it."""


def open_companions(folder: Path, manifest: Manifest, declared: Companions) -> Packed:
    """Open the declared companions; check their sizes and that they belong to each other.

    Raises `PackageError` if a check fails.
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
    maps = [opened.mapped for opened in (contents, words) if opened]
    maps += [map_regular(files["graph"])] if "graph" in files else []
    return Packed(contents, words, files.get("graph"), maps, digest.hexdigest())


def open_tokens(folder: Path, manifest: Manifest) -> ArrayFile | None:
    """Open the companion with word pieces; None if there is none, or if a pull left it behind.

    Raises `PackageError` if its size isn't the declared one, or it belongs to another package.
    """
    declared = declared_tokens(manifest)
    if declared is None or not package_file(folder, declared.file, "companions.tokens.file").exists():
        return None
    file = _whole(folder, "tokens", declared)
    tokens = open_arrays(file)
    _belongs(file, tokens, {"corpus_hash": manifest.corpus_hash})
    return tokens


def _whole(folder: Path, name: str, companion: Companion) -> Path:
    file = package_file(folder, companion.file, f"companions.{name}.file")
    try:
        with open_regular(file) as stream:
            size = stream.seek(0, 2)
    except FileNotFoundError as error:
        raise PackageError(f"{file} isn't there, but the manifest declares it. {REMEDY}") from error
    except OSError as error:
        raise PackageBrokenError(file, "", f"it can't be read ({error.strerror})", REMEDY) from error
    if not size or size != companion.bytes:
        raise PackageBrokenError(file, "", f"{size:,} bytes, but the manifest declares {companion.bytes:,}", REMEDY)
    return file


REMEDY = "`vrom pack DIR` makes a package's companions anew from index.json."
TOKENS_REMEDY = "`vrom build` makes it with the package."


def _belongs(file: Path, opened: ArrayFile, expected: Mapping[str, str]) -> None:
    for key, value in expected.items():
        if opened.about.get(key) != value:
            problem = f"it was made for another package: its {key} isn't {value[:16]}"
            raise PackageBrokenError(file, "header", problem, REMEDY)


def stands_alone(folder: Path, manifest: Manifest) -> bool:
    """Return true if the package consists of companions alone, without an `index.json`."""
    if declared_companions(manifest) is None:
        return False
    try:
        return not package_file(folder, manifest.files.index, "files.index").exists()
    except PackageBrokenError:
        return False


def companions_are_whole(folder: Path, manifest: Manifest) -> bool:
    """Return true if every declared companion has the declared digest."""
    declared, tokens = declared_companions(manifest), declared_tokens(manifest)
    files = {**(declared.files if declared else {}), **({"tokens": tokens} if tokens else {})}
    try:
        return all(
            sha256_of(package_file(folder, one.file, f"companions.{name}.file")) == one.sha256
            for name, one in files.items()
        )
    except (OSError, PackageError):
        return False
