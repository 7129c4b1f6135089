"""Content of lock files, which may be anything: parse it, take values by type, drop entries that no one can use."""

import json
import re
import tomllib
from collections.abc import Callable, Collection, Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from pydantic import ValidationError

from vrom.project.dependency import Dependency, is_well_formed, merge
from vrom.project.locks.lock import LockFileError, read_text

T = TypeVar("T")
_DEPTH = 100
"""Maximum levels of nesting in YAML, and of a dotted key in TOML."""
_PART = r"""(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+"""
_LONG_KEY = re.compile(rf"(?<![\w.'\"-]){_PART}(?:\.[ \t]*+{_PART}){{{_DEPTH}}}")
"""A dotted key of TOML with more parts than `_DEPTH`, for which tomllib takes quadratic time."""
_TOO_DEEP = "too many levels of nesting."


def mapping(value: object) -> dict[str, Any]:
    """The value if it is a mapping, else an empty one."""
    return value if isinstance(value, dict) else {}


def mappings(value: object) -> list[dict[str, Any]]:
    """The mappings of a list; empty for anything else."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def string(value: object) -> str:
    """The value if it is a string, else an empty one."""
    return value if isinstance(value, str) else ""


def strings(value: object) -> list[str]:
    """The strings of a list; empty for anything else."""
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def finish(dependencies: Iterable[Dependency]) -> list[Dependency]:
    """Merge the entries that are well formed; one without a version is kept if it is direct or a folder."""
    return merge(one for one in dependencies if is_well_formed(one) and (one.version or one.is_direct or one.folder))


def clean_address(url: str, schemes: Collection[str]) -> str:
    """A URL without credentials and fragment; empty if it isn't one, or has another scheme."""
    try:
        parts = urlsplit(url)
        host = parts.netloc.rpartition("@")[2]
    except ValueError:
        return ""
    if parts.scheme not in schemes or not url.isascii() or not url.isprintable():
        return ""
    return parts._replace(netloc=host, fragment="").geturl()


def repository_address(url: object) -> str:
    """The address of a repository as `git+URL`, with its scheme and without credentials; empty if it isn't one."""
    text = string(url).removeprefix("git+").partition("?")[0]
    found = re.fullmatch(r"(?:[\w.-]{1,100}@)?([\w.-]{1,200}):(?!/)([\w./~-]{1,500})", text)  # as scp writes it
    cleaned = clean_address(f"ssh://{found[1]}/{found[2]}" if found else text, ("https", "http", "ssh", "git", "file"))
    return f"git+{cleaned}" if cleaned else ""


def read_toml(file: Path) -> dict[str, Any]:
    """The table in a TOML file. Raises `LockFileError`."""
    return parse_toml(file, read_text(file))


def validate(file: Path, model: Callable[[Any], T], data: Any) -> T:
    """Validate data with `model`, a validation function of pydantic. Raises `LockFileError` that names the field."""
    try:
        return model(data)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"])) or "the whole"
        raise LockFileError(file, f"{where[:200]}: {first['msg'][0].lower()}{first['msg'][1:200]}.") from error


def parse_json(file: Path, text: str) -> dict[str, Any]:
    """The object in a JSON file. Raises `LockFileError`."""
    try:
        return _require_mapping(file, json.loads(text))
    except json.JSONDecodeError as error:
        raise LockFileError(file, f"not valid JSON: {error.msg}.", error.lineno) from error
    except RecursionError as error:
        raise LockFileError(file, _TOO_DEEP) from error
    except ValueError as error:
        raise LockFileError(file, f"not valid JSON: {error}.") from error


def parse_toml(file: Path, text: str) -> dict[str, Any]:
    """The table in a TOML file. Raises `LockFileError`."""
    if found := _LONG_KEY.search(text):
        raise LockFileError(file, _TOO_DEEP, text.count("\n", 0, found.start()) + 1)
    try:
        return tomllib.loads(text)
    except RecursionError as error:
        raise LockFileError(file, _TOO_DEEP) from error
    except ValueError as error:
        # tomllib has the line as an attribute only since Python 3.14.
        problem, _, where = str(error).partition(" (at ")
        at = re.match(r"line (\d+)", where)
        line = int(at[1]) if at else text.count("\n") + 1 if where == "end of document)" else 0
        raise LockFileError(file, f"not valid TOML: {problem}.", line) from error


def parse_yaml(file: Path, text: str) -> dict[str, Any]:
    """The mapping in the last document of a YAML file, with every scalar as a string. Raises `LockFileError`.

    Anchors and aliases are refused: lock files have none, and a few lines of them stand for millions of values.
    """
    import yaml

    loader = yaml.CBaseLoader if yaml.__with_libyaml__ else yaml.BaseLoader
    try:
        return _require_mapping(file, _build(file, yaml.parse(text, Loader=loader)))
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise LockFileError(file, f"not valid YAML: {error.problem}.", line) from error
    except (yaml.YAMLError, ValueError) as error:
        raise LockFileError(file, "not valid YAML: it has characters that YAML forbids.") from error


def _require_mapping(file: Path, value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise LockFileError(file, "its content is not a mapping of names to values.")
    return value


def _build(file: Path, events: Iterator[Any]) -> object:
    """The value that YAML events describe. PyYAML's own composer recurses, in C without a limit."""
    value: object = None
    stack: list[tuple[list[Any] | dict[str, Any], str | None]] = []
    for event in events:
        kind = type(event).__name__
        if kind == "AliasEvent":
            raise LockFileError(file, "aliases are not supported.", event.start_mark.line + 1)
        if kind in ("MappingEndEvent", "SequenceEndEvent"):
            done, _ = stack.pop()
        elif kind in ("MappingStartEvent", "SequenceStartEvent"):
            if len(stack) == _DEPTH:
                raise LockFileError(file, _TOO_DEEP, event.start_mark.line + 1)
            stack.append(({} if kind == "MappingStartEvent" else [], None))
            continue
        elif kind == "ScalarEvent":
            done = event.value
        else:
            continue
        if not stack:
            value = done
            continue
        parent, key = stack[-1]
        if isinstance(parent, list):
            parent.append(done)
        elif key is None and isinstance(done, str):
            stack[-1] = (parent, done)
        elif key is None:
            raise LockFileError(file, "a key is not a string.", event.start_mark.line + 1)
        else:
            parent[key] = done
            stack[-1] = (parent, None)
    return value
