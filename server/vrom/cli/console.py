"""Where output goes: people read stderr, machines read one JSON document on stdout."""

import sys
from functools import cache
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from rich.console import Console


@cache
def console() -> "Console":
    """The console for people, on stderr."""
    from rich.console import Console

    return Console(stderr=True, highlight=False)


def print_json(document: Any) -> None:
    """Write one JSON document to stdout, for machines."""
    options = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE | orjson.OPT_SERIALIZE_NUMPY
    sys.stdout.buffer.write(orjson.dumps(document, default=str, option=options))
    sys.stdout.buffer.flush()
