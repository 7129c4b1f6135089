"""An entry in a host's configuration file: see it, put it in, take it out.

A change is worked out as bytes first, and read back before it counts: nothing but the entry may differ. The copy that
installing makes is also how uninstalling finds the way back: where putting the entry into that copy gives exactly
the file that is there, the copy is what was there before, to the byte.
"""

import codecs
import json
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from vrom.errors import ConfigurationError
from vrom.hosts import files, json_edit, toml_edit
from vrom.hosts.catalog import Place
from vrom.hosts.config_values import value_at
from vrom.hosts.entry import brought_up_to_date

Done = Literal["added", "updated", "already there", "removed", "not there"]


@dataclass(frozen=True)
class Change:
    """What becomes of a file; None stands for no file."""

    file: Path
    before: bytes | None
    after: bytes | None
    done: Done
    restores: Path | None = None
    """The copy whose bytes come back."""


def read_entry(place: Place) -> Any:
    """The entry at a place, or None. Raises `ConfigurationError` where the file can't be read."""
    content = files.read_bytes(place.file)
    return None if content is None else value_at(_read(place, _decoded(place.file, content)), place.path)


def installation(place: Place, wanted: dict[str, Any]) -> Change:
    """The change that puts an entry in, or brings the one that is there up to date.

    Raises `ConfigurationError` where the file isn't what it should be, naming line and column.
    """
    before = files.read_bytes(place.file)
    text = _decoded(place.file, before or b"")
    existing = value_at(_read(place, text), place.path)
    entry = wanted if existing is None else brought_up_to_date(existing, wanted)
    if entry == existing:
        return Change(place.file, before, before, "already there")
    after = _with_entry(place, before, entry)
    return Change(place.file, before, after, "added" if existing is None else "updated")


def removal(place: Place) -> Change:
    """The change that takes the entry out: back to the bytes from before it came, where they are known.

    Raises `ConfigurationError` where the file isn't what it should be, naming line and column.
    """
    before = files.read_bytes(place.file)
    text = _decoded(place.file, before or b"")
    entry = value_at(_read(place, text), place.path)
    if before is None or entry is None:
        return Change(place.file, before, before, "not there")
    for copy in files.backups(place.file):
        if _led_to(place, files.read_bytes(copy), entry, before):
            return Change(place.file, before, files.read_bytes(copy), "removed", restores=copy)
    if _led_to(place, None, entry, before):
        return Change(place.file, before, None, "removed")
    without = json_edit.take(text, place.path) if not place.is_toml else toml_edit.take(text, place.path)
    return Change(place.file, before, _checked(place, before, without, None), "removed")


def apply(change: Change) -> Path | None:
    """Do it; gives the copy of what was there before, where one was made.

    No copy is made where the file comes back as it was without vrom. Raises `ConfigurationError`.
    """
    if change.after == change.before:
        return None
    copy = None
    going_back = change.done == "removed" and (change.restores or change.after is None)
    if change.before is not None and not going_back:
        copy = files.back_up(change.file, change.before)
    files.replace(change.file, change.before, change.after)
    if change.restores:
        change.restores.unlink(missing_ok=True)
    if change.after is None:
        files.remove_own_folder(change.file.parent)
    return copy


def _led_to(place: Place, earlier: bytes | None, entry: Any, now: bytes) -> bool:
    """Whether putting the entry into what was there earlier gives what is there now."""
    try:
        if value_at(_read(place, _decoded(place.file, earlier or b"")), place.path) is not None:
            return False
        return _with_entry(place, earlier, entry) == now
    except ConfigurationError:
        return False


def _with_entry(place: Place, before: bytes | None, entry: Any) -> bytes:
    text = _decoded(place.file, before or b"")
    editor = toml_edit if place.is_toml else json_edit
    return _checked(place, before or b"", editor.put(text, place.path, entry), entry)


def _checked(place: Place, before: bytes, text: str, entry: Any) -> bytes:
    """The changed text as bytes, read back: all but the entry must be as it was."""
    expected = _placed(_read(place, _decoded(place.file, before)), place.path, entry)
    try:
        found = _read(place, text)
    except ConfigurationError:
        found = None
    if found is None or _plain(found, place.path) != _plain(expected, place.path):
        raise ConfigurationError(
            f"{place.file} is written in a way that vrom can't change safely; nothing was changed. "
            f"Edit {'.'.join(place.path)} by hand."
        )
    mark = codecs.BOM_UTF8 if before.startswith(codecs.BOM_UTF8) else b""
    return mark + text.encode()


def _decoded(file: Path, content: bytes) -> str:
    """The text of a file, without the mark that some editors put before it."""
    try:
        return content.removeprefix(codecs.BOM_UTF8).decode()
    except UnicodeDecodeError as error:
        lines = content[: error.start].split(b"\n")
        where = f"line {len(lines)}, column {len(lines[-1]) + 1}"
        raise ConfigurationError(f"{file}, {where}: it is not UTF-8. Save it as UTF-8 and try again.") from error


def _read(place: Place, text: str) -> dict[str, Any]:
    """The document of a file. Raises `ConfigurationError` unless objects lie on the way to the entry."""
    try:
        document = toml_edit.read(text) if place.is_toml else json_edit.read(text)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        problem = f"{place.file}, {where}: it is not JSON: {error.msg}. Correct it and try again."
        raise ConfigurationError(problem) from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"{place.file}: it is not TOML: {error}. Correct it and try again.") from error
    inner, name = document, "the document"
    for key in place.path:
        if not isinstance(inner, dict):
            kind = {list: "a list", str: "a string", type(None): "null"}.get(type(inner), f"{inner!r:.40}")
            raise ConfigurationError(f"{place.file}: {name} is {kind}, expected an object. Correct it and try again.")
        inner, name = inner.get(key, {}), key
    return dict(document)


def _placed(document: dict[str, Any], path: Sequence[str], entry: Any) -> dict[str, Any]:
    """A copy of a document with an entry at `path`; None takes it out."""
    key, *below = path
    if below:
        inner = document.get(key)
        return document | {key: _placed(inner if isinstance(inner, dict) else {}, below, entry)}
    others = {name: value for name, value in document.items() if name != key}
    return others if entry is None else others | {key: entry}


def _plain(document: dict[str, Any], path: Sequence[str]) -> dict[str, Any]:
    """A document without what holds nothing on the way to an entry: there, none and empty are the same."""
    key, *below = path
    if not below or key not in document:
        return document
    inner = _plain(document[key], below)
    return document | {key: inner} if inner else {name: value for name, value in document.items() if name != key}
