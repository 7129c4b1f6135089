"""Read, add and remove an entry in a host's configuration file.

A change is computed as bytes first and parsed again: only the entry may differ. Uninstalling uses the backups made by
installing: if adding the entry to a backup gives exactly the current file, that backup is restored byte for byte.
"""

import codecs
import json
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from vrom.errors import ConfigurationError
from vrom.hosts import files
from vrom.hosts.entry import PLAIN, EntryForm, update_entry
from vrom.hosts.files import decode
from vrom.hosts.formats import json_edit, toml_edit
from vrom.hosts.formats.config_values import value_at
from vrom.hosts.host import Place

Done = Literal["added", "updated", "already there", "removed", "not there", "kept"]
"""Result of a change; "kept" is a file of vrom's that the user has changed since, which is left alone."""


@dataclass(frozen=True)
class Change:
    """A change of a file's content; None means that the file doesn't exist."""

    file: Path
    before: bytes | None
    after: bytes | None
    done: Done
    restores: Path | None = None
    """Backup whose content is restored."""
    only_own: bool = False
    """True if only text that vrom wrote is replaced or removed; no backup is made then."""


def read_entry(place: Place) -> Any:
    """The entry at a place, or None. Raises `ConfigurationError` if the file can't be read or parsed."""
    content = files.read_bytes(place.file)
    return None if content is None else value_at(_read(place, decode(place.file, content)), place.path)


def plan_installation(place: Place, wanted: dict[str, Any], form: EntryForm = PLAIN) -> Change:
    """The change that adds an entry, or updates an existing one.

    Raises `ConfigurationError` if the file is invalid, with line and column if known, or can't be changed safely.
    """
    before = files.read_bytes(place.file)
    text = decode(place.file, before or b"")
    existing = value_at(_read(place, text), place.path)
    entry = wanted if existing is None else update_entry(existing, wanted, form)
    if entry == existing:
        return Change(place.file, before, before, "already there")
    after = _add_entry(place, before, entry)
    return Change(place.file, before, after, "added" if existing is None else "updated")


def plan_removal(place: Place) -> Change:
    """The change that removes the entry, restoring the bytes from before it was added if they are known.

    Raises `ConfigurationError` if the file is invalid, with line and column if known, or can't be changed safely.
    """
    before = files.read_bytes(place.file)
    text = decode(place.file, before or b"")
    entry = value_at(_read(place, text), place.path)
    if before is None or entry is None:
        return Change(place.file, before, before, "not there")
    for copy in files.backups(place.file):
        if _produces(place, files.read_bytes(copy), entry, before):
            return Change(place.file, before, files.read_bytes(copy), "removed", restores=copy)
    if _produces(place, None, entry, before):
        return Change(place.file, before, None, "removed")
    without = (
        json_edit.remove_value(text, place.path) if not place.is_toml else toml_edit.remove_table(text, place.path)
    )
    return Change(place.file, before, _encode_checked(place, before, without, None), "removed")


def apply(change: Change) -> Path | None:
    """Apply a change and return the path of the backup, or None if none was made.

    No backup is made if the file returns to its content from before vrom was added. Raises `ConfigurationError`.
    """
    if change.after == change.before:
        return None
    copy = None
    going_back = change.done == "removed" and (change.restores or change.after is None)
    if change.before is not None and not going_back and not change.only_own:
        copy = files.back_up(change.file, change.before)
    files.replace(change.file, change.before, change.after)
    if change.restores:
        change.restores.unlink(missing_ok=True)
    if change.after is None:
        files.remove_empty_folders(change.file.parent)
    return copy


def _produces(place: Place, earlier: bytes | None, entry: Any, now: bytes) -> bool:
    """True if adding the entry to the content `earlier` gives the content `now`."""
    try:
        if value_at(_read(place, decode(place.file, earlier or b"")), place.path) is not None:
            return False
        return _add_entry(place, earlier, entry) == now
    except ConfigurationError:
        return False


def _add_entry(place: Place, before: bytes | None, entry: Any) -> bytes:
    text = decode(place.file, before or b"")
    put = toml_edit.set_table if place.is_toml else json_edit.set_value
    return _encode_checked(place, before or b"", put(text, place.path, entry), entry)


def _encode_checked(place: Place, before: bytes, text: str, entry: Any) -> bytes:
    """Encode the changed text. Raises `ConfigurationError` if anything but the entry differs after parsing."""
    expected = _replace_entry(_read(place, decode(place.file, before)), place.path, entry)
    try:
        found = _read(place, text)
    except ConfigurationError:
        found = None
    if found is None or _drop_empty(found, place.path) != _drop_empty(expected, place.path):
        raise ConfigurationError(
            f"{place.file} has a layout that vrom cannot edit safely, so it was not changed. "
            f"Edit {'.'.join(place.path)} by hand."
        )
    mark = codecs.BOM_UTF8 if before.startswith(codecs.BOM_UTF8) else b""
    return mark + text.encode()


def _read(place: Place, text: str) -> dict[str, Any]:
    """Parse a file. Raises `ConfigurationError` if it is invalid or a value on the entry's path isn't an object."""
    try:
        document = toml_edit.read(text) if place.is_toml else json_edit.read(text)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        problem = f"{place.file}, {where}: invalid JSON: {error.msg}. Fix it and try again."
        raise ConfigurationError(problem) from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"{place.file}: invalid TOML: {error}. Fix it and try again.") from error
    inner, name = document, "the document"
    for key in place.path:
        if not isinstance(inner, dict):
            kind = {list: "a list", str: "a string", type(None): "null"}.get(type(inner), f"{inner!r:.40}")
            raise ConfigurationError(f"{place.file}: {name} is {kind}, expected an object. Fix it and try again.")
        inner, name = inner.get(key, {}), key
    return dict(document)


def _replace_entry(document: dict[str, Any], path: Sequence[str], entry: Any) -> dict[str, Any]:
    """A copy of a document with an entry at `path`; None removes the entry."""
    key, *below = path
    if below:
        inner = document.get(key)
        return document | {key: _replace_entry(inner if isinstance(inner, dict) else {}, below, entry)}
    others = {name: value for name, value in document.items() if name != key}
    return others if entry is None else others | {key: entry}


def _drop_empty(document: dict[str, Any], path: Sequence[str]) -> dict[str, Any]:
    """A document without empty values on the path to an entry, for comparisons that treat them as missing."""
    key, *below = path
    if not below or key not in document:
        return document
    inner = _drop_empty(document[key], below)
    return document | {key: inner} if inner else {name: value for name, value in document.items() if name != key}
