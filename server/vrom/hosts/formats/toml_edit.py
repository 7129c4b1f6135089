"""Add, change or remove a table in a TOML text, preserving all other text.

A table with its own header (`[mcp_servers.vrom]`) is found, added and removed as lines of text, which keeps comments
with the lines they precede. Values inside a table, and tables in other notations, are edited with tomlkit.
"""

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import tomlkit

from vrom.hosts.formats.config_values import value_at

_HEADER = re.compile(r"^[ \t]*\[[^\r\n]*", re.MULTILINE)
_TRIVIA = re.compile(r"[ \t]*(?:#.*)?")


@dataclass(frozen=True)
class _Section:
    """The lines of a table, from its header to its last value: `text[start:end]`, including the last line end."""

    start: int
    end: int
    path: tuple[str, ...]


def read(text: str) -> Any:
    """The document in `text`. Raises `tomllib.TOMLDecodeError`, with line and column."""
    return tomllib.loads(text)


def set_table(text: str, path: Sequence[str], value: dict[str, Any]) -> str:
    """`text` with the table `value` at `path`.

    If a table exists at `path`, only values that differ are changed. Raises `tomllib.TOMLDecodeError`.
    """
    before = value_at(read(text), path)
    if before is None:
        return _append(text, path, value)
    for key in dict.fromkeys([*before, *value]):
        if before.get(key) != value.get(key):
            text = _set(text, path, key, value.get(key), new=key not in before)
    return text


def remove_table(text: str, path: Sequence[str]) -> str:
    """`text` without the table at `path` and its sub-tables. Raises `tomllib.TOMLDecodeError`."""
    for section in reversed(list(_sections(text, path))):
        start = section.start
        after = text[section.end :]
        if not after.strip() or after.startswith(("\n", "\r\n")):
            start = len(re.sub(r"(\A|\n)[ \t]*\r?\n\Z", r"\1", text[:start]))
        text = text[:start] + after
    if value_at(read(text), path) is None:
        return text
    document = tomlkit.parse(text)
    del _table(document, path[:-1])[path[-1]]
    return tomlkit.dumps(document)


def _append(text: str, path: Sequence[str], value: dict[str, Any]) -> str:
    newline = _newline(text)
    keys = ".".join(tomlkit.key(key).as_string() for key in path)
    values = [f"{tomlkit.key(key).as_string()} = {_value(item).as_string()}" for key, item in value.items()]
    begin = newline * ((not text.endswith("\n")) + 1) if text.strip() else ""
    added = text + begin + newline.join([f"[{keys}]", *values]) + newline
    try:
        read(added)
    except tomllib.TOMLDecodeError:  # the parent is an inline table, which can't be extended by a header
        return _set_in(text, path[:-1], path[-1], value)
    return added


def _set(text: str, path: Sequence[str], key: str, value: Any, *, new: bool) -> str:
    """Set one value of a table, or remove it if `value` is None; edits only the table's lines if it has a header."""
    for section in _sections(text, path):
        lines = text[section.start : section.end]
        if section.path == tuple(path) and (new or key in value_at(read(lines), path)):
            return text[: section.start] + _set_in(lines, path, key, value) + text[section.end :]
    return _set_in(text, path, key, value)


def _set_in(text: str, path: Sequence[str], key: str, value: Any) -> str:
    document = tomlkit.parse(text)
    table = _table(document, path)
    if value is None:
        del table[key]
    else:
        table[key] = _value(value)
    written = tomlkit.dumps(document)
    return re.sub(r"\r?\n", "\r\n", written) if "\r\n" in text else written


def _table(document: Any, path: Sequence[str]) -> Any:
    for key in path:
        document = document[key]
    return document


def _value(value: Any) -> Any:
    """Convert a value to a TOML item; objects become inline tables."""
    if isinstance(value, dict):
        table = tomlkit.inline_table()
        table.update({key: _value(item) for key, item in value.items()})
        return table
    return tomlkit.item(value)


def _newline(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def _sections(text: str, path: Sequence[str]) -> Iterator[_Section]:
    """The tables with their own headers at `path` and below, in the order of the text."""
    headers = [found for found in _HEADER.finditer(text) if _is_statement(text, found.start())]
    for number, header in enumerate(headers):
        keys = _keys(header[0])
        if keys[: len(path)] != tuple(path):
            continue
        limit = headers[number + 1].start() if number + 1 < len(headers) else len(text)
        yield _Section(header.start(), _end_of_values(text, header.end(), limit), keys)


def _is_statement(text: str, at: int) -> bool:
    """True if a statement begins at `at`, that is, not inside an array or a multi-line string."""
    try:
        tomllib.loads(text[:at])
    except tomllib.TOMLDecodeError:
        return False
    return True


def _keys(header: str) -> tuple[str, ...]:
    """`[a."b c"]` as ("a", "b c")."""
    keys: list[str] = []
    table: Any = tomllib.loads(header)
    while isinstance(table, list) and table:
        table = table[0]
    while isinstance(table, dict) and table:
        key, table = next(iter(table.items()))
        keys.append(key)
        while isinstance(table, list) and table:
            table = table[0]
    return tuple(keys)


def _end_of_values(text: str, start: int, limit: int) -> int:
    """End of the last line between `start` and `limit` that is neither empty nor a comment."""
    end = start
    at = start
    for line in text[start:limit].splitlines(keepends=True):
        at += len(line)
        if not _TRIVIA.fullmatch(line.rstrip("\r\n")):
            end = at
    if end == start:  # a header without values
        end = start + len(re.match(r"[ \t]*\r?\n?", text[start:limit])[0])  # type: ignore[index]
    return end
