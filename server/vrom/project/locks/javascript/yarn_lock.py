"""The two formats of `yarn.lock`: that of yarn 1, and the YAML of Berry (yarn 2 and later).

Both are nested mappings of strings by indentation. Of YAML, Berry writes a small part only: this one.
"""

import json
import re
from pathlib import Path
from typing import Any

from vrom.project.locks.lock import LockFileError

_QUOTED = r'"(?:[^"\\]|\\.)*+"'
_PATTERN = rf'(?:{_QUOTED}|[^\s",]++)'
_KEYS = re.compile(rf"{_PATTERN}(?:, {_PATTERN})*+")
_PAIR = re.compile(rf'({_QUOTED}|[^\s":]++):? (\S.*)')


def parse_yarn_lock(file: Path, text: str) -> dict[str, Any]:
    """Parse a lock file: entries by each of their patterns (`ms@^2.0.0`). Raises `LockFileError`."""
    lock: dict[str, Any] = {}
    stack = [(-1, lock)]
    lines = _join_long_keys(text.split("\n"))
    for number, line in enumerate(lines, start=1):
        body = line.strip()
        if not body or body.startswith("#"):
            continue
        indent = len(line) - len(line.lstrip(" "))
        while stack[-1][0] >= indent:
            stack.pop()
        _, parent = stack[-1]
        try:
            if body.endswith(":"):
                below: dict[str, Any] = {}
                parent.update(dict.fromkeys(_read_keys(body[:-1]), below))
                stack.append((indent, below))
            elif indent and (pair := _PAIR.fullmatch(body)):
                parent[_read_scalar(pair[1])] = _read_scalar(pair[2])
            else:
                raise LockFileError(file, "neither an entry nor a field of one.", number)
        except ValueError as error:
            raise LockFileError(file, "invalid quotes.", number) from error
    return lock


def _join_long_keys(lines: list[str]) -> list[str]:
    """Undo how YAML writes a key of more than 1024 characters: `? KEY`, then a line with a colon alone."""
    for number, line in enumerate(lines[1:], start=1):
        before = lines[number - 1]
        if line.strip() == ":" and before.lstrip().startswith("? "):
            lines[number - 1] = before.replace("? ", "", 1).rstrip() + ":"
            lines[number] = ""
    return lines


def _read_keys(text: str) -> list[str]:
    """The keys of a section. Berry joins several patterns in one quoted string, yarn 1 quotes each."""
    if not _KEYS.fullmatch(text):
        raise ValueError(text)
    patterns = [_read_scalar(found) for found in re.findall(_PATTERN, text)]
    return [pattern for joined in patterns for pattern in joined.split(", ")]


def _read_scalar(text: str) -> str:
    return str(json.loads(text)) if text.startswith('"') else text
