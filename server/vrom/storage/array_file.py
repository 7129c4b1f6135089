"""File of named arrays, opened as a memory map: one file to open, nothing to parse or copy.

    bytes 0-15     `vROM arrays 1`, padded with zeros
    bytes 16-23    length of the header, little-endian
    header         JSON: `about`, the file's `size`, and for each array its `dtype`, `shape` and `offset`
    arrays         row-major, little-endian, each aligned to 64 bytes

The file may be untrusted: opening it checks that every array lies inside it. Callers check the values themselves.
"""

import math
import mmap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from vrom.errors import PackageBrokenError, PackageNotFoundError
from vrom.storage.atomic import Part, replace_file
from vrom.storage.regular_file import map_regular

Arrays = Mapping[str, NDArray[Any]]

MAGIC = b"vROM arrays 1\0\0\0"
_ALIGNMENT = 64
_LARGEST_HEADER = 2**16
_DTYPES = {"|u1", "|b1", "<i4", "<i8", "<u4", "<u8", "<f4", "<f8"}


@dataclass(frozen=True)
class ArrayFile:
    """Open array file: its read-only arrays by name, and the header's `about` object."""

    arrays: Arrays
    about: Mapping[str, Any]
    mapped: mmap.mmap


def open_arrays(file: Path) -> ArrayFile:
    """Map a file. The map lives as long as any of its arrays; replacing the file on disk doesn't affect it.

    Raises `PackageNotFoundError` if the file doesn't exist, `PackageBrokenError` if it is invalid or incomplete.
    """
    try:
        mapped = map_regular(file)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise PackageNotFoundError(f"{file} isn't there. {_REMEDY}") from error
    except ValueError as error:  # an empty file can't be mapped
        raise PackageBrokenError(file, "", "it is empty", _REMEDY) from error
    except OSError as error:
        raise PackageBrokenError(file, "", f"it can't be read ({error.strerror})", "Check its permissions.") from error
    header = _header(file, mapped)
    arrays = {name: _array(file, name, stated, mapped) for name, stated in header["arrays"].items()}
    return ArrayFile(arrays, header["about"], mapped)


_REMEDY = "`vrom pack DIR` makes a package's companions anew; those in the cache are made again when they are removed."


def _header(file: Path, mapped: mmap.mmap) -> dict[str, Any]:
    if len(mapped) < len(MAGIC) + 8:
        raise PackageBrokenError(file, "", "it is too short for a file of arrays", _REMEDY)
    if mapped[: len(MAGIC)] != MAGIC:
        raise PackageBrokenError(file, "", "it is no file of arrays", _REMEDY)
    length = int.from_bytes(mapped[16:24], "little")
    if length > min(_LARGEST_HEADER, len(mapped) - 24):
        raise PackageBrokenError(file, "header", f"{length} bytes, more than there can be", _REMEDY)
    try:
        header = orjson.loads(mapped[24 : 24 + length])
    except orjson.JSONDecodeError as error:
        raise PackageBrokenError(file, "header", f"it is not JSON: {error.msg}", _REMEDY) from error
    whole = isinstance(header, dict) and all(isinstance(header.get(key), dict) for key in ("arrays", "about"))
    if not whole:
        raise PackageBrokenError(file, "header", "it lacks `arrays` or `about`", _REMEDY)
    if header.get("size") != len(mapped):
        raise PackageBrokenError(file, "header.size", f"it isn't {len(mapped):,}, the size of the file", _REMEDY)
    found: dict[str, Any] = header
    return found


def _array(file: Path, name: str, stated: Any, mapped: mmap.mmap) -> NDArray[Any]:
    """Read one array described by the header. Raises `PackageBrokenError` unless it lies inside the file."""
    stated = stated if isinstance(stated, dict) else {}
    dtype, shape, offset = (stated.get(key) for key in ("dtype", "shape", "offset"))
    sizes: list[Any] = shape if isinstance(shape, list) and len(shape) in {1, 2} else [None]
    numbers = all(type(size) is int and size >= 0 for size in (*sizes, offset))
    if not isinstance(dtype, str) or dtype not in _DTYPES or not numbers or offset % _ALIGNMENT:
        raise PackageBrokenError(file, f"header.arrays.{name[:40]}", "it is no array that is understood", _REMEDY)
    count = math.prod(sizes)
    if offset + count * np.dtype(dtype).itemsize > len(mapped):
        raise PackageBrokenError(file, f"header.arrays.{name[:40]}", "it reaches beyond the end of the file", _REMEDY)
    if count == 0:
        return np.zeros(sizes, dtype=dtype)
    return np.frombuffer(mapped, dtype=dtype, count=count, offset=offset).reshape(sizes)


def array_parts(arrays: Arrays, about: Mapping[str, Any]) -> Iterator[Part]:
    """Serialise arrays to the bytes of an array file, part by part; deterministic for the same arrays."""
    ready = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
    ready = {name: array.astype(array.dtype.newbyteorder("<"), copy=False) for name, array in ready.items()}
    header = _written_header(ready, about)
    yield MAGIC + len(header).to_bytes(8, "little") + header
    at = len(MAGIC) + 8 + len(header)
    for array in ready.values():
        yield bytes(-at % _ALIGNMENT)
        at += -at % _ALIGNMENT + array.nbytes
        if array.size:
            yield array.reshape(-1).view(np.uint8).data


def _written_header(arrays: Arrays, about: Mapping[str, Any]) -> bytes:
    """Build the header with padding: the array offsets it contains depend on its own length."""
    room = 256
    while True:
        at = len(MAGIC) + 8 + room
        stated = {}
        for name, array in arrays.items():
            at += -at % _ALIGNMENT
            stated[name] = {"dtype": array.dtype.str, "shape": list(array.shape), "offset": at}
            at += array.nbytes
        header = orjson.dumps({"about": about, "size": at, "arrays": stated})
        if len(header) <= room:
            return header.ljust(room)
        room = 2 * room


def save_arrays(file: Path, arrays: Arrays, about: Mapping[str, Any]) -> None:
    """Write an array file atomically, replacing an existing one."""
    replace_file(file, array_parts(arrays, about))
