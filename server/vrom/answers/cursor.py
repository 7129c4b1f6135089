"""Cursors: where the last answer ended, and what it was an answer to. The server keeps nothing."""

import base64
import binascii
import hashlib
from collections.abc import Iterable

import orjson

from vrom.errors import InvalidArgumentError

_REMEDY = "Call again without a cursor to start over."


def question(*parts: object) -> str:
    """A short digest of everything that the meaning of a position depends on."""
    return hashlib.sha256(orjson.dumps([str(part) for part in parts])).hexdigest()[:12]


def state(digests: Iterable[str]) -> str:
    """A short digest of the cartridges (and the way of ranking) that a position counts in."""
    return question(*digests)


def write_cursor(position: int, asked: str, of: str) -> str:
    """A cursor for a position in the answer to `asked`, counted in the state `of`."""
    return base64.urlsafe_b64encode(orjson.dumps([position, asked, of])).decode().rstrip("=")


def read_cursor(cursor: str | None, asked: str, of: str) -> int:
    """The position in a cursor; 0 for none.

    Raises `InvalidArgumentError` when it isn't a cursor, belongs to another question, or to cartridges that have
    changed since.
    """
    if not cursor:
        return 0
    try:
        position, was_asked, was_of = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error, TypeError) as error:
        raise InvalidArgumentError(f"cursor: {cursor[:80]!r} was not made by this tool. {_REMEDY}") from error
    if isinstance(position, bool) or not isinstance(position, int) or position < 0:
        raise InvalidArgumentError(f"cursor: {cursor[:80]!r} was not made by this tool. {_REMEDY}")
    if was_asked != asked:
        raise InvalidArgumentError(f"cursor: it belongs to a call with other arguments. {_REMEDY}")
    if was_of != of:
        raise InvalidArgumentError(f"cursor: the cartridges, or the model, have changed since it was made. {_REMEDY}")
    return position
