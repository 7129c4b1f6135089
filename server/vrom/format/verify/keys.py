"""Detection of repeated keys in JSON objects.

Readers differ in the value they take for a repeated key, so a package could show one value and use another. The
format's engine refuses such objects, browsers and vrom take the last value.

The parser that reads packages doesn't report repeated keys, so `vrom check` parses the files again with the standard
library's, which passes all key-value pairs of an object to a hook. Parsed values are not kept.
"""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from vrom.format.verify.findings import Findings

_MOST = 20
"""Largest number of places reported per document."""

_LONGEST_KEY = 60

_Path = tuple[str | int, ...]


class _Places(list[_Path]):
    """Paths of repeated keys, in place of an object that was checked."""


def report_repeated_keys(
    file: str, raw: bytes | str, findings: Findings, field: str = "", at: int | None = None
) -> None:
    """Report repeated keys in the JSON document `raw`, which is the value of `field` in a file, or the whole file.

    `at` is the position for the first `[]` in `field`. Invalid JSON is not reported here.
    """
    try:
        found = list(_below((), json.loads(raw, object_pairs_hook=_looked_at, parse_int=float)))
    except RecursionError:
        findings.warning(
            file,
            field,
            "very deeply nested lists or objects",
            "a nesting depth at which repeated keys can be detected",
            at,
        )
        return
    except ValueError:
        return
    for path in found[:_MOST]:
        place, position = field, at
        for part in path:
            if isinstance(part, str):
                key = part[:_LONGEST_KEY]
                place += f".{key}" if place else key
            elif position is None:
                place, position = f"{place}[]", part
            else:
                place += f"[{part}]"
        findings.error(
            file, place, "a repeated key", "each key once, since readers differ in which value they use", position
        )


def _looked_at(items: list[tuple[str, Any]]) -> _Places | None:
    places = _Places()
    if len(dict(items)) < len(items):
        places += [(key,) for key, count in Counter(key for key, _ in items).items() if count > 1]
    for key, value in items:
        if type(value) is _Places or type(value) is list:
            places += _below((key,), value)
    return _Places(places[:_MOST]) if places else None


def _below(path: _Path, value: Any) -> Iterator[_Path]:
    if type(value) is _Places:
        yield from ((*path, *rest) for rest in value)
    elif type(value) is list:
        for position, item in enumerate(value):
            if type(item) is _Places or type(item) is list:
                yield from _below((*path, position), item)
