"""Chunks that stay on the disk: each is decoded when it is asked for, and only a few are held."""

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
"""Decoded chunks that are kept: about 1 MB."""

_chunk = Chunk.__pydantic_validator__


class StoredChunks(Sequence[Chunk]):
    """The chunks of a cartridge, from the JSON of each, one after the other in an array of bytes.

    Raises `PackageError` when a chunk is asked for that isn't what the package promises.
    """

    def __init__(self, arrays: Arrays) -> None:
        self._bytes = arrays["chunk_bytes"]
        self._starts = arrays["chunk_starts"]
        self.lengths: NDArray[np.int32] = arrays["text_lengths"]
        """int32, (n,): characters of each text."""
        self.marks: NDArray[np.uint64] = arrays["text_marks"]
        """uint64, (n,): a digest of each text; equal texts have equal marks."""
        self._held: OrderedDict[int, Chunk] = OrderedDict()
        self.decoded = 0
        """How many chunks were decoded so far."""

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
        """All chunks in order; none of them is held."""
        return map(self._decode, range(len(self)))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and len(self) == len(other) and all(map(Chunk.__eq__, self, other))

    __hash__ = None  # type: ignore[assignment]

    def json(self, at: int) -> bytes:
        """The JSON of a chunk, as the package has it."""
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
    """What `StoredChunks` is opened from: the JSON of every chunk, and the chunks that it gives."""
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
    """64 bits that tell texts apart."""
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")


def chunk_arrays_fit(arrays: Arrays) -> bool:
    """Whether these arrays have the types and lengths of a chunk store; what they hold is checked when it is read."""
    kinds = {"chunk_bytes": "|u1", "chunk_starts": "<i8", "text_lengths": "<i4", "text_marks": "<u8"}
    if any(arrays[name].dtype.str != kind or arrays[name].ndim != 1 for name, kind in kinds.items()):
        return False
    count = len(arrays["text_lengths"])
    return (
        len(arrays["text_marks"]) == count
        and len(arrays["chunk_starts"]) == count + 1
        and int(arrays["chunk_starts"][-1]) == len(arrays["chunk_bytes"])
    )
