"""Arrays of numbers in PostgreSQL's binary format, from numpy and to it.

The driver's own way, over a list of Python's numbers, takes longer than ranking.
"""

import struct
from typing import TYPE_CHECKING, Any

import numpy as np
from psycopg.adapt import Dumper
from psycopg.pq import Format

from vrom.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from psycopg.abc import AdaptContext

_HEADER = struct.Struct(">iiIii")
"""Dimensions, whether there are NULLs, type of the elements, length, number of the first element."""
_KINDS = {"i": (np.dtype(">i4"), 23, 1007), "f": (np.dtype(">f4"), 700, 1021)}
"""Element, its type's number in PostgreSQL, and that of an array of it, by kind of number."""


class Numbers:
    """Parameter of a statement: an array of int4 or float4."""

    def __init__(self, numbers: "Sequence[int] | NDArray[Any]", kind: str = "i") -> None:
        self.kind = kind
        self.values = np.asarray(numbers)

    def encoded(self) -> bytes:
        """Bytes as PostgreSQL reads them."""
        kind, element, _ = _KINDS[self.kind]
        if not len(self.values):
            return struct.pack(">iiI", 0, 0, element)
        items = np.empty(len(self.values), np.dtype([("length", ">i4"), ("value", kind)]))
        items["length"], items["value"] = 4, self.values
        return _HEADER.pack(1, 0, element, len(items), 1) + items.tobytes()


class _Dumper(Dumper):
    format = Format.BINARY

    def dump(self, obj: Numbers) -> bytes:
        return obj.encoded()

    def get_key(self, obj: Numbers, format: Any) -> Any:  # noqa: A002, ARG002 - as the driver names them
        return type(self), obj.kind

    def upgrade(self, obj: Numbers, format: Any) -> "_Dumper":  # noqa: A002, ARG002
        own = _Dumper(Numbers)
        own.oid = _KINDS[obj.kind][2]
        return own


def register_numbers(context: "AdaptContext") -> None:
    """Let statements of a connection have `Numbers` as parameters."""
    context.adapters.register_dumper(Numbers, _Dumper)


def decode_numbers(encoded: bytes | None, count: int) -> "NDArray[np.float32]":
    """Elements of an array of float4: float32, (count,).

    Raises `StoreError` if there aren't so many, or one isn't a number.
    """
    items = np.dtype([("length", ">i4"), ("value", ">f4")])
    if not count:
        return np.zeros(0, dtype=np.float32)
    if encoded is None or len(encoded) != _HEADER.size + count * items.itemsize:
        raise StoreError("Vectors of a cartridge in the store are missing. Load it again.")
    values = np.frombuffer(encoded, items, count, _HEADER.size)["value"]
    if not np.isfinite(values).all():
        raise StoreError("Vectors of a cartridge in the store hold numbers that are none. Load it again.")
    return values.astype(np.float32)
