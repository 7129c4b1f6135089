"""What every reader of a lock file returns, and how it fails."""

import json
import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from vrom.errors import VromError
from vrom.project.dependency import Dependency
from vrom.storage.regular_file import open_regular

T = TypeVar("T")
LARGEST_LOCK = 128_000_000
"""Maximum bytes of a lock file."""


class LockFileError(VromError):
    """A lock file can't be read: `file`, the line (0 if unknown) and the problem."""

    def __init__(self, file: Path, problem: str, line: int = 0) -> None:
        self.file, self.line, self.problem = file, line, problem
        where = f"{file}, line {line}" if line else f"{file}"
        super().__init__(f"{where}: {problem}")


@dataclass(frozen=True)
class Lock:
    """A lock file and the dependencies it holds, for the folder that was asked about."""

    file: Path
    dependencies: tuple[Dependency, ...]


def read_text(file: Path) -> str:
    """The text of a lock file. Raises `LockFileError` if it can't be read, is too large, or isn't UTF-8."""
    try:
        with open_regular(file) as stream:
            raw = stream.read(LARGEST_LOCK + 1)
    except OSError as error:
        raise LockFileError(file, f"can't be read: {error.strerror or error}.") from error
    if len(raw) > LARGEST_LOCK:
        raise LockFileError(file, f"more than {LARGEST_LOCK:,} bytes, which no lock file has.")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise LockFileError(file, "not UTF-8.", line) from error


def read_toml(file: Path) -> dict[str, Any]:
    """The content of a TOML file. Raises `LockFileError` if it can't be read or isn't TOML."""
    text = read_text(file)
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        found = re.search(r"\(at line (\d+), column \d+\)", str(error))
        problem = re.sub(r" \(at .*\)$", "", str(error)) or type(error).__name__
        line = int(found[1]) if found else text.count("\n") + 1 if "end of document" in str(error) else 0
        raise LockFileError(file, f"not valid TOML: {problem}.", line) from error


def read_json(file: Path) -> Any:
    """The content of a JSON file. Raises `LockFileError` if it can't be read or isn't JSON."""
    try:
        return json.loads(read_text(file))
    except json.JSONDecodeError as error:
        raise LockFileError(file, f"not valid JSON: {error.msg}.", error.lineno) from error
    except (RecursionError, ValueError) as error:
        raise LockFileError(file, f"not valid JSON: {error}.") from error


def validate(file: Path, model: Callable[[Any], T], data: Any) -> T:
    """Validate data with `model`, a validation function of pydantic. Raises `LockFileError` that names the field."""
    try:
        return model(data)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"])) or "the whole"
        raise LockFileError(file, f"{where[:200]}: {first['msg'][0].lower()}{first['msg'][1:200]}.") from error
