"""Cursors: where the last answer ended, and what it was an answer to. The server keeps nothing."""

import base64
import hashlib
import struct

import orjson

from vrom.errors import InvalidArgumentError

_REMEDY = "Call again without a cursor to start over."
_LAYOUT = struct.Struct(">I4s4s")  # 16 characters as base64: a cursor costs tokens in every answer

LAST = 2**32 - 1
"""The largest position that a cursor can hold."""


def digest(*parts: object) -> bytes:
    """Short digest of everything that the meaning of a position depends on."""
    return hashlib.sha256(orjson.dumps([str(part) for part in parts])).digest()[:4]


def write_cursor(position: int, call: bytes, state: bytes) -> str:
    """Write a cursor for a position in the answer to a call, with digests of the call and of the cartridges' state."""
    return base64.urlsafe_b64encode(_LAYOUT.pack(position, call, state)).decode()


def read_cursor(cursor: str | None, call: bytes, state: bytes) -> int:
    """The position in a cursor; 0 for none.

    Raises `InvalidArgumentError` when it isn't a cursor, belongs to another question, or to cartridges that have
    changed since.
    """
    if not cursor:
        return 0
    try:
        position, its_call, its_state = _LAYOUT.unpack(base64.b64decode(cursor, altchars=b"-_", validate=True))
    except (ValueError, struct.error) as error:
        raise InvalidArgumentError(f"cursor: {cursor[:80]!r} was not made by this tool. {_REMEDY}") from error
    if its_call != call:
        raise InvalidArgumentError(f"cursor: it belongs to a call with other arguments. {_REMEDY}")
    if its_state != state:
        raise InvalidArgumentError(f"cursor: the cartridges, or the model, have changed since it was made. {_REMEDY}")
    return int(position)
