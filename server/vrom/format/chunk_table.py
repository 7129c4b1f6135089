"""Chunks stored on disk: each is decoded on access, and only a limited number is cached."""

import hashlib
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, overload

import numpy as np
import orjson
from numpy.typing import NDArray
from pydantic import ValidationError

from vrom.errors import PackageError
from vrom.format.models import Chunk
from vrom.storage.array_file import Arrays

HELD = 1024
"""Largest number of cached decoded chunks: about 1 MB."""

_chunk = Chunk.__pydantic_validator__


class StoredChunks(Sequence[Chunk]):
    """Sequence of a cartridge's chunks, decoded from their JSON, which is concatenated in a byte array.

    Access raises `PackageError` if a chunk is invalid.
    """

    def __init__(self, arrays: Arrays) -> None:
        self._bytes = arrays["chunk_bytes"]
        self._starts = arrays["chunk_starts"]
        self.lengths: NDArray[np.int32] = arrays["text_lengths"]
        """int32, (n,): characters of each text."""
        self.marks: NDArray[np.uint64] = arrays["text_marks"]
        """uint64, (n,): digest of each text; equal texts have equal marks."""
        self._held: OrderedDict[int, Chunk] = OrderedDict()
        self.decoded = 0
        """Number of chunks decoded so far."""

    def __len__(self) -> int:
        return len(self.lengths)

    @overload
    def __getitem__(self, at: int) -> Chunk: ...
    @overload
    def __getitem__(self, at: slice) -> list[Chunk]: ...
    def __getitem__(self, at: int | slice) -> Chunk | list[Chunk]:
        if isinstance(at, slice):
            return [self[i] for i in range(*at.indices(len(self)))]
        at = int(at) + len(self) if at < 0 else int(at)
        held = self._held.get(at)
        if held is None:
            held = self._held[at] = self._decode(at)
            while len(self._held) > HELD:
                self._held.popitem(last=False)
        return held

    def __iter__(self) -> Iterator[Chunk]:
        """Iterate over all chunks in order, without caching them."""
        return map(self._decode, range(len(self)))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and len(self) == len(other) and all(map(Chunk.__eq__, self, other))

    __hash__ = None  # type: ignore[assignment]

    def json(self, at: int) -> bytes:
        """JSON of a chunk, as in the package."""
        if not 0 <= at < len(self):
            raise IndexError(f"chunk {at} of {len(self)}")
        start, end = int(self._starts[at]), int(self._starts[at + 1])
        if not 0 <= start <= end <= len(self._bytes):
            raise PackageError(f"Chunk {at} can't be read: its text lies outside the store. {_REMEDY}")
        return self._bytes[start:end].tobytes()

    def _decode(self, at: int) -> Chunk:
        self.decoded += 1
        try:
            chunk: Chunk = _chunk.validate_python(orjson.loads(self.json(at)))
        except (orjson.JSONDecodeError, ValidationError) as error:
            raise PackageError(f"Chunk {at} can't be read: {str(error).splitlines()[0]}. {_REMEDY}") from error
        if chunk.chunk_id != at:
            raise PackageError(f"Chunk {at} can't be read: it says that it is chunk {chunk.chunk_id}. {_REMEDY}")
        return chunk


_REMEDY = "`vrom check DIR` tells what is wrong with a package; one in the cache is made again when that is removed."


def chunk_arrays(documents: Sequence[bytes], chunks: Iterable[Chunk]) -> dict[str, NDArray[Any]]:
    """Arrays of a `StoredChunks`, from the JSON of every chunk and the chunks parsed from it."""
    texts = [chunk.text for chunk in chunks]
    starts = np.zeros(len(documents) + 1, dtype=np.int64)
    np.cumsum([len(one) for one in documents], out=starts[1:])
    return {
        "chunk_bytes": np.frombuffer(b"".join(documents), dtype=np.uint8),
        "chunk_starts": starts,
        "text_lengths": np.array([len(text) for text in texts], dtype=np.int32),
        "text_marks": np.array([mark(text) for text in texts], dtype=np.uint64),
    }


def mark(text: str) -> int:
    """64-bit hash of the text."""
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")


def chunk_arrays_fit(arrays: Arrays) -> bool:
    """Return true if these arrays have the types and lengths of a chunk store; values are checked on access."""
    kinds = {"chunk_bytes": "|u1", "chunk_starts": "<i8", "text_lengths": "<i4", "text_marks": "<u8"}
    if any(arrays[name].dtype.str != kind or arrays[name].ndim != 1 for name, kind in kinds.items()):
        return False
    count = len(arrays["text_lengths"])
    return (
        len(arrays["text_marks"]) == count
        and len(arrays["chunk_starts"]) == count + 1
        and int(arrays["chunk_starts"][-1]) == len(arrays["chunk_bytes"])
    )
