"""Console output: messages for the user on stderr, one JSON document for machines on stdout."""

import sys
from functools import cache
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from rich.console import Console


@cache
def console() -> "Console":
    """The console for messages to the user, on stderr."""
    from rich.console import Console

    return Console(stderr=True, highlight=False)


def print_line(text: str) -> None:
    """Print a line for the user; `text` may contain Rich markup."""
    console().print(text, soft_wrap=True)


def escape_text(text: str) -> str:
    r"""Escape untrusted text for `print_line`: markup is escaped, and non-printable characters are replaced by `·`.

    >>> escape_text("[red]\x1b[31m")
    '\\[red]·[31m'
    """
    from rich.markup import escape

    return escape("".join(character if character.isprintable() else "·" for character in text))


def format_count(number: int, thing: str, plural: str = "") -> str:
    """A number with its noun, in the plural (`plural`, else with an s) unless it is 1.

    >>> format_count(1, "chunk"), format_count(1200, "chunk")
    ('1 chunk', '1,200 chunks')
    """
    return f"{number:,} {thing if number == 1 else plural or thing + 's'}"


def format_size(size: int) -> str:
    """A size in bytes with a decimal unit.

    >>> format_size(9_400)
    '9.4 kB'
    """
    from rich.filesize import decimal

    return decimal(size)


def print_json(document: Any) -> None:
    """Write one JSON document to stdout, for machines."""
    options = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE | orjson.OPT_SERIALIZE_NUMPY
    sys.stdout.buffer.write(orjson.dumps(document, default=str, option=options))
    sys.stdout.buffer.flush()
