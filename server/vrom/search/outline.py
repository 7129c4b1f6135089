"""Where each chunk stands: its page, its section, and the title path that leads to it.

`vrom build` writes the path. Packages of the format's own builder have a flat `section_heading` instead, and where a
`#` comment in a code block was taken for a heading, that comment. For these the headings are read again along the
linked list, with code fences followed from chunk to chunk.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from vrom.package.models import Chunk

Ids = NDArray[np.int32]
"""int32, (n,): one number a chunk."""

_HEADING = re.compile(r"(#{1,6})\s+(.*?)\s*#*\s*$")
_FENCE = re.compile(r"\s*(?:>\s*)*(`{3,}|~{3,})(.*)$")
_ANCHOR = re.compile(r"\[\[.*?\]\]|\{#.*?\}|<a\b.*?</a>")


@dataclass(frozen=True)
class Outline:
    """Pages and sections by chunk. Chunks of one page with one path are a section."""

    paths: Sequence[tuple[str, ...]]
    """From the page's title to the innermost heading, by chunk."""
    page_of: Ids
    section_of: Ids
    bare: NDArray[np.bool_]
    """Chunks that are a heading and nothing else: signposts, never an answer."""

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return int(self.page_of.max(initial=-1)) + 1

    @property
    def sections(self) -> int:
        """How many sections there are."""
        return int(self.section_of.max(initial=-1)) + 1

    def members(self, sections: Ids) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The chunks of each of `sections`, one section after the other, and where in them each section starts."""
        order, starts = self._by_section
        sizes = starts[sections + 1] - starts[sections]
        ends = np.cumsum(sizes)
        offsets = np.repeat(starts[sections] - (ends - sizes), sizes)
        return order[np.arange(len(offsets)) + offsets], ends - sizes

    @cached_property
    def _by_section(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        starts = np.zeros(self.sections + 1, dtype=np.int64)
        np.cumsum(np.bincount(self.section_of, minlength=self.sections), out=starts[1:])
        return np.argsort(self.section_of, kind="stable"), starts


def outline_of(chunks: Sequence[Chunk], documents: Mapping[str, Sequence[int]]) -> Outline:
    """The outline of a cartridge; `documents` gives the chunk ids of each page in order."""
    paths: list[tuple[str, ...]] = [()] * len(chunks)
    page_of = np.zeros(len(chunks), dtype=np.int32)
    section_of = np.zeros(len(chunks), dtype=np.int32)
    bare = np.zeros(len(chunks), dtype=np.bool_)
    sections: dict[tuple[int, tuple[str, ...]], int] = {}
    for page, ids in enumerate(documents.values()):
        if all(chunks[i].heading_path for i in ids):
            found = [(chunks[i].heading_path, False) for i in ids]
        else:
            found = read_headings([chunks[i].text for i in ids], chunks[ids[0]].doc_title)
        for i, (path, is_bare) in zip(ids, found, strict=True):
            paths[i], page_of[i], bare[i] = path, page, is_bare
            section_of[i] = sections.setdefault((page, path), len(sections))
    return Outline(paths, page_of, section_of, bare)


def read_headings(texts: Sequence[str], title: str) -> list[tuple[tuple[str, ...], bool]]:
    """For each text of a page, in order: the path of the section it is in, and whether it is headings alone.

    A text that runs over several sections counts to the one it begins with; one that is headings alone to the last.
    """
    stack: list[tuple[int, str]] = []
    fence = ""
    found: list[tuple[tuple[str, ...], bool]] = []
    for text in texts:
        path: tuple[str, ...] | None = None
        for line in text.split("\n"):
            if match := _FENCE.match(line):
                fence = _fence_after(fence, match[1], match[2])
            elif not fence and (match := _HEADING.match(line)):
                level = len(match[1])
                stack = [*(part for part in stack if part[0] < level), (level, _ANCHOR.sub("", match[2]).strip())]
                continue
            if path is None and line.strip():
                path = _path(stack, title)
        found.append((_path(stack, title), True) if path is None else (path, False))
    return found


def _fence_after(fence: str, mark: str, rest: str) -> str:
    """The fence that is open after a line `mark` + `rest`, where `fence` was open before it."""
    if not fence:
        return mark
    closes = mark[0] == fence[0] and len(mark) >= len(fence) and not rest.strip()
    return "" if closes else fence


def _path(stack: Sequence[tuple[int, str]], title: str) -> tuple[str, ...]:
    headings = [heading for _, heading in stack if heading]
    return tuple(headings) if headings[:1] == [title] or not title else (title, *headings)
