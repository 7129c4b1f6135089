"""Cursors: where the last answer ended, and what it was an answer to. The server keeps nothing."""

import base64
import hashlib
import struct
from collections.abc import Iterable

import orjson

from vrom.errors import InvalidArgumentError

_REMEDY = "Call again without a cursor to start over."
_LAYOUT = struct.Struct(">I4s4s")  # 16 characters as base64: a cursor costs tokens in every answer

LAST = 2**32 - 1
"""The largest position that a cursor can hold."""


def question(*parts: object) -> bytes:
    """A short digest of everything that the meaning of a position depends on."""
    return hashlib.sha256(orjson.dumps([str(part) for part in parts])).digest()[:4]


def state(digests: Iterable[str]) -> bytes:
    """A short digest of the cartridges (and the way of ranking) that a position counts in."""
    return question(*digests)


def write_cursor(position: int, asked: bytes, of: bytes) -> str:
    """A cursor for a position in the answer to `asked`, counted in the state `of`."""
    return base64.urlsafe_b64encode(_LAYOUT.pack(position, asked, of)).decode()


def read_cursor(cursor: str | None, asked: bytes, of: bytes) -> int:
    """The position in a cursor; 0 for none.

    Raises `InvalidArgumentError` when it isn't a cursor, belongs to another question, or to cartridges that have
    changed since.
    """
    if not cursor:
        return 0
    try:
        position, was_asked, was_of = _LAYOUT.unpack(base64.b64decode(cursor, altchars=b"-_", validate=True))
    except (ValueError, struct.error) as error:
        raise InvalidArgumentError(f"cursor: {cursor[:80]!r} was not made by this tool. {_REMEDY}") from error
    if was_asked != asked:
        raise InvalidArgumentError(f"cursor: it belongs to a call with other arguments. {_REMEDY}")
    if was_of != of:
        raise InvalidArgumentError(f"cursor: the cartridges, or the model, have changed since it was made. {_REMEDY}")
    return int(position)
