"""Record of the files in a model's folder, and their verification."""

import hashlib
from pathlib import Path, PurePath
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from vrom.errors import ModelBrokenError, ModelMissingError
from vrom.storage.digest import sha256_of

RECORD_FILE = "record.json"


class StoredFile(BaseModel):
    """Size and SHA-256 of a file when it was stored."""

    model_config = ConfigDict(frozen=True)

    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    size: int = Field(ge=0)


class ModelRecord(BaseModel):
    """Contents of `record.json` in a model's folder."""

    model_config = ConfigDict(frozen=True)

    version: Literal[1] = 1
    model: str
    quantization: str
    origin: str
    """Source of the files, for display."""
    upstream: dict[str, str] = {}
    """SHA-256 of each file as published, by its published path."""
    files: dict[str, StoredFile]
    """Files by path relative to the folder."""

    @property
    def digest(self) -> str:
        """SHA-256 in hex over the paths and digests of all files: identifies the exact form of the model."""
        listing = "".join(f"{path}\0{file.sha256}\n" for path, file in sorted(self.files.items()))
        return hashlib.sha256(listing.encode()).hexdigest()

    @property
    def size(self) -> int:
        """Total size of all files in bytes."""
        return sum(file.size for file in self.files.values())


def read_record(folder: Path) -> ModelRecord:
    """Read a model folder's record and check the size of every file, without reading the files.

    Raises `ModelMissingError` if there is no record, `ModelBrokenError` if the record is invalid or a file doesn't
    match it.
    """
    file = folder / RECORD_FILE
    try:
        record = ModelRecord.model_validate_json(file.read_bytes())
    except (FileNotFoundError, NotADirectoryError) as error:
        raise ModelMissingError(f"There is no model in {folder}. Download it with `vrom model pull`.") from error
    except OSError as error:
        raise ModelBrokenError(f"Cannot read {file}: {error.strerror}. Check its permissions.") from error
    except ValidationError as error:
        raise _broken(file, "not a valid model record") from error
    for path, stored in record.files.items():
        size = _size(folder, path)
        if size != stored.size:
            raise _broken(folder / path, f"{size} bytes, expected {stored.size}" if size >= 0 else "file is missing")
    return record


def verify(folder: Path, record: ModelRecord) -> None:
    """Compare every file with its recorded digest. Raises `ModelBrokenError` naming the first that differs."""
    for path, stored in record.files.items():
        try:
            found = sha256_of(folder / path)
        except OSError as error:
            raise _broken(folder / path, f"cannot be read ({error.strerror})") from error
        if found != stored.sha256:
            raise _broken(folder / path, f"SHA-256 is {found[:12]}…, expected {stored.sha256[:12]}…")


def is_whole(folder: Path) -> bool:
    """Return true if a folder contains a model and every file matches its record."""
    try:
        verify(folder, read_record(folder))
    except (ModelMissingError, ModelBrokenError):
        return False
    return True


def describe(folder: Path) -> dict[str, StoredFile]:
    """Size and digest of every file in a folder, by relative path."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != RECORD_FILE)
    return {
        path.relative_to(folder).as_posix(): StoredFile(sha256=sha256_of(path), size=path.stat().st_size)
        for path in files
    }


def _size(folder: Path, path: str) -> int:
    """Size of a file in bytes; -1 if it doesn't exist or is outside the folder: a record names files inside."""
    file, named = folder / path, PurePath(path)
    own = not named.is_absolute() and ".." not in named.parts
    try:
        return file.stat().st_size if own and file.is_file() else -1
    except OSError:
        return -1


def _broken(file: Path, problem: str) -> ModelBrokenError:
    return ModelBrokenError(f"{file}: {problem}. Download the model again with `vrom model pull`.")
