"""Outline of a cartridge: the document, section and title path of each chunk.

`vrom build` writes the title path. Packages of the format's own builder have a flat `section_heading` instead, which
may be a `#` comment of a code block taken for a heading. For these, headings are parsed again along the linked list,
with code fences tracked from chunk to chunk.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, overload

import numpy as np
import orjson
from numpy.typing import NDArray

from vrom.errors import PackageError
from vrom.format.models import Chunk
from vrom.markdown.fences import Fence, step
from vrom.markdown.headings import heading_text, read_heading
from vrom.storage.array_file import Arrays

Ids = NDArray[np.int32]
"""int32, (n,): one number per chunk."""

HELD = 2048
"""Largest number of cached decoded paths: about half a megabyte."""


class Paths(Sequence[tuple[str, ...]]):
    """Title paths of all chunks, decoded on access."""

    def __init__(self, arrays: Arrays, section_of: Ids) -> None:
        self._bytes, self._starts = arrays["path_bytes"], arrays["path_starts"]
        self._section_of = section_of
        self._held: dict[int, tuple[str, ...]] = {}

    def __len__(self) -> int:
        return len(self._section_of)

    @overload
    def __getitem__(self, at: int) -> tuple[str, ...]: ...
    @overload
    def __getitem__(self, at: slice) -> list[tuple[str, ...]]: ...
    def __getitem__(self, at: int | slice) -> tuple[str, ...] | list[tuple[str, ...]]:
        if isinstance(at, slice):
            return [self.of_section(int(section)) for section in self._section_of[at]]
        return self.of_section(int(self._section_of[at]))

    def of_section(self, section: int) -> tuple[str, ...]:
        """Title path of a section. Raises `PackageError` if it is invalid."""
        path = self._held.get(section)
        if path is None:
            if len(self._held) >= HELD:
                self._held.clear()
            path = self._held[section] = self._decoded(section)
        return path

    def _decoded(self, section: int) -> tuple[str, ...]:
        start, end = max(int(self._starts[section]), 0), max(int(self._starts[section + 1]), 0)
        try:
            path = orjson.loads(self._bytes[start:end].tobytes())
        except orjson.JSONDecodeError as error:
            raise PackageError(f"The title path of section {section} can't be read. `vrom check` says more.") from error
        return tuple(map(str, path)) if isinstance(path, list) else ()


@dataclass(frozen=True)
class Outline:
    """Documents and sections by chunk. Chunks of one document with the same title path are a section."""

    paths: Paths
    """Title path of each chunk, from the document's title to the innermost heading."""
    document_of: Ids
    section_of: Ids
    bare: NDArray[np.bool_]
    """bool, (n,): chunks that are never an answer: a heading alone, or a repetition of another chunk."""
    section_order: Ids
    """Chunk ids ordered by section."""
    section_starts: NDArray[np.int64]
    documents: int
    """Number of documents."""

    @classmethod
    def of(cls, arrays: Arrays) -> "Outline":
        """Outline from valid arrays."""
        return cls(
            paths=Paths(arrays, arrays["section_of"]),
            document_of=arrays["page_of"],
            section_of=arrays["section_of"],
            bare=arrays["bare"],
            section_order=arrays["section_order"],
            section_starts=arrays["section_starts"],
            documents=len(arrays["page_starts"]) - 1,
        )

    @property
    def sections(self) -> int:
        """Number of sections."""
        return len(self.section_starts) - 1

    @cached_property
    def documents_in_order(self) -> bool:
        """True if the chunks of each document are consecutive, and documents are in order."""
        return bool(np.all(self.document_of[1:] >= self.document_of[:-1]))

    def section_paths(self) -> Iterator[tuple[str, ...]]:
        """Title path of every section."""
        return map(self.paths.of_section, range(self.sections))

    def members(self, sections: Ids) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Chunk ids of `sections`, concatenated, and the offset at which each section starts in them."""
        starts = self.section_starts
        sizes = starts[sections + 1] - starts[sections]
        ends = np.cumsum(sizes)
        offsets = np.repeat(starts[sections] - (ends - sizes), sizes)
        return self.section_order[np.arange(len(offsets)) + offsets].astype(np.int64), ends - sizes


def outline_of(chunks: Sequence[Chunk], documents: Mapping[str, Sequence[int]]) -> Outline:
    """Outline of a cartridge; `documents` gives the ordered chunk ids of each document."""
    return Outline.of(outline_arrays(chunks, documents))


def outline_arrays(chunks: Sequence[Chunk], documents: Mapping[str, Sequence[int]]) -> dict[str, NDArray[Any]]:
    """Arrays of an `Outline`."""
    document_of = np.zeros(len(chunks), dtype=np.int32)
    section_of = np.zeros(len(chunks), dtype=np.int32)
    bare = np.zeros(len(chunks), dtype=np.bool_)
    sections: dict[tuple[int, tuple[str, ...]], int] = {}
    for document, ids in enumerate(documents.values()):
        if all(chunks[i].heading_path for i in ids):
            found = [(chunks[i].heading_path, False) for i in ids]
        else:
            found = read_headings([chunks[i].text for i in ids], chunks[ids[0]].doc_title)
        for i, (path, is_bare) in zip(ids, found, strict=True):
            document_of[i], bare[i] = document, is_bare or "repeats" in (chunks[i].model_extra or {})
            section_of[i] = sections.setdefault((document, path), len(sections))
    paths = [orjson.dumps(path) for _, path in sections]
    return {
        "page_of": document_of,
        "section_of": section_of,
        "bare": bare,
        "section_order": np.argsort(section_of, kind="stable").astype(np.int32),
        "section_starts": starts_of(np.bincount(section_of, minlength=len(sections))),
        "path_bytes": np.frombuffer(b"".join(paths), dtype=np.uint8),
        "path_starts": starts_of([len(path) for path in paths]),
        "page_order": np.array([i for ids in documents.values() for i in ids], dtype=np.int32),
        "page_starts": starts_of([len(ids) for ids in documents.values()]),
    }


def starts_of(sizes: Sequence[int] | NDArray[Any]) -> NDArray[np.int64]:
    """Start offsets of consecutive runs of these sizes, and the end of the last: int64, (runs + 1,)."""
    starts = np.zeros(len(sizes) + 1, dtype=np.int64)
    np.cumsum(sizes, out=starts[1:], dtype=np.int64)
    return starts


_KINDS = {
    "page_of": "<i4", "section_of": "<i4", "bare": "|b1", "section_order": "<i4", "section_starts": "<i8",
    "path_bytes": "|u1", "path_starts": "<i8", "page_order": "<i4", "page_starts": "<i8",
}  # fmt: skip


def outline_fits(arrays: Arrays, count: int) -> bool:
    """Return true if these arrays are valid for `count` chunks: everything but the paths' content is checked."""
    if any(arrays[name].dtype.str != kind or arrays[name].ndim != 1 for name, kind in _KINDS.items()):
        return False
    if any(len(arrays[name]) != count for name in ("page_of", "section_of", "bare", "section_order", "page_order")):
        return False
    sections, documents = len(arrays["section_starts"]) - 1, len(arrays["page_starts"]) - 1
    return (
        _are_starts(arrays["section_starts"], count)
        and _are_starts(arrays["page_starts"], count)
        and len(arrays["path_starts"]) == sections + 1
        and _within(arrays["page_of"], documents)
        and _within(arrays["section_of"], sections)
        and _within(arrays["section_order"], count)
        and _within(arrays["page_order"], count)
    )


def _are_starts(starts: NDArray[np.int64], end: int) -> bool:
    """Return true if `starts` rises from 0 to `end` without empty runs."""
    return len(starts) > 0 and int(starts[0]) == 0 and int(starts[-1]) == end and bool(np.all(starts[1:] > starts[:-1]))


def _within(ids: Ids, count: int) -> bool:
    return len(ids) == 0 or (int(ids.min()) >= 0 and int(ids.max()) < count)


def read_headings(texts: Sequence[str], title: str) -> list[tuple[tuple[str, ...], bool]]:
    """Title path of the section of each text of a document, in order, and true for texts of headings alone.

    A text that spans several sections belongs to the first; a text of headings alone belongs to the last.
    """
    stack: list[tuple[int, str]] = []
    fence: Fence | None = None
    found: list[tuple[tuple[str, ...], bool]] = []
    for text in texts:
        path: tuple[str, ...] | None = None
        for line in text.split("\n"):
            if fence is None and (heading := read_heading(line, indented=False)):
                above = [part for part in stack if part[0] < heading.level]
                stack = [*above, (heading.level, heading_text(heading.text))]
                continue
            fence = step(line, fence)
            if path is None and line.strip():
                path = _path(stack, title)
        found.append((_path(stack, title), True) if path is None else (path, False))
    return found


def _path(stack: Sequence[tuple[int, str]], title: str) -> tuple[str, ...]:
    headings = [heading for _, heading in stack if heading]
    return tuple(headings) if headings[:1] == [title] or not title else (title, *headings)
