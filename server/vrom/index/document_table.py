"""Documents of a cartridge, and their chunks in order."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vrom.format.models import Chunk
from vrom.index.outline import starts_of
from vrom.storage.array_file import Arrays


class Documents(Mapping[str, list[int]]):
    """Chunk ids by source file, in the order of the linked list; looked up in arrays, without caching."""

    def __init__(self, arrays: Arrays) -> None:
        self._bytes, self._starts = arrays["name_bytes"], arrays["name_starts"]
        self._sorted = arrays["name_order"]
        self._members, self._member_starts = arrays["page_order"], arrays["page_starts"]

    def __len__(self) -> int:
        return len(self._sorted)

    def __iter__(self) -> Iterator[str]:
        return map(self.name, range(len(self)))

    def name(self, document: int) -> str:
        """Source file of a document, given its number in the outline."""
        return self._name(document).decode("utf-8", "surrogatepass")

    def __getitem__(self, source_file: str) -> list[int]:
        document = self._page(source_file)
        if document is None:
            raise KeyError(source_file)
        members: list[int] = self._members[self._member_starts[document] : self._member_starts[document + 1]].tolist()
        return members

    def __contains__(self, source_file: object) -> bool:
        return isinstance(source_file, str) and self._page(source_file) is not None

    def _page(self, source_file: str) -> int | None:
        """Number of a document, by bisection of the sorted names; None if absent."""
        wanted = source_file.encode("utf-8", "surrogatepass")
        low, high = 0, len(self)
        while low < high:
            middle = (low + high) // 2
            name = self._name(int(self._sorted[middle]))
            if name == wanted:
                return int(self._sorted[middle])
            low, high = (middle + 1, high) if name < wanted else (low, middle)
        return None

    def _name(self, document: int) -> bytes:
        start, end = max(int(self._starts[document]), 0), max(int(self._starts[document + 1]), 0)
        return self._bytes[start:end].tobytes()


def document_arrays(documents: Mapping[str, Sequence[int]]) -> dict[str, NDArray[Any]]:
    """Arrays of document names for `Documents`; the outline's arrays have the chunks of each document."""
    names = [name.encode("utf-8", "surrogatepass") for name in documents]
    return {
        "name_bytes": np.frombuffer(b"".join(names), dtype=np.uint8),
        "name_starts": starts_of([len(name) for name in names]),
        "name_order": np.array(sorted(range(len(names)), key=names.__getitem__), dtype=np.int32),
    }


def documents_fit(arrays: Arrays) -> bool:
    """Return true if these arrays have valid types, lengths and ids for the outline's documents."""
    kinds = {"name_bytes": "|u1", "name_starts": "<i8", "name_order": "<i4"}
    if any(arrays[name].dtype.str != kind or arrays[name].ndim != 1 for name, kind in kinds.items()):
        return False
    documents, order = len(arrays["page_starts"]) - 1, arrays["name_order"]
    return (
        len(order) == documents
        and len(arrays["name_starts"]) == documents + 1
        and (documents == 0 or (int(order.min()) >= 0 and int(order.max()) < documents))
    )


def documents_of(chunks: Sequence[Chunk]) -> dict[str, list[int]]:
    """Chunk ids by source file, in the order of the linked list; every chunk exactly once, whatever the pointers.

    A pointer that leaves the document or the package, or returns to a chunk already visited, is not followed; the order
    then continues with the first chunk not yet visited.
    """
    members: dict[str, list[int]] = {}
    for chunk in chunks:
        members.setdefault(chunk.source_file, []).append(chunk.chunk_id)
    return {source: list(_walk(ids, chunks)) for source, ids in members.items()}


def _walk(ids: Sequence[int], chunks: Sequence[Chunk]) -> Iterator[int]:
    left = set(ids)
    pointed_at = {chunks[i].next_chunk_id for i in ids}
    heads = [i for i in ids if i not in pointed_at]
    for head in [*heads, *ids]:
        here: int | None = head
        while here is not None and here in left:
            left.remove(here)
            yield here
            here = chunks[here].next_chunk_id
