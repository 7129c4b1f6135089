"""A document put together again from its chunks, and the sections in it."""

import bisect
import itertools
import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from vrom.answers.excerpt import Layout
from vrom.answers.passages.size import LARGEST
from vrom.errors import NotFoundError
from vrom.format.hidden_text import visible
from vrom.format.models import Chunk
from vrom.markdown.comments import comment_ranges, cut_out, whole_lines
from vrom.markdown.headings import heading_text, read_heading, slug
from vrom.search.shelf import Shelf

LONGEST_ADDRESS = 500
"""Characters of a URL that is shown; longer ones are left out."""

_LINE_BREAKS = re.compile("\r\n|[\r\x85\u2028\u2029]")
"""Line breaks other than LF: a reader may begin a line where a search for lines sees none."""

LONGEST_TITLE, DEEPEST = 160, 8
"""Characters of a title, and titles of a path, that are shown."""

KEPT = 16
"""Parts of a document that are kept as they are shown, and origins of chunks: those that are asked about again."""


@dataclass(frozen=True)
class Section:
    """A heading and what it holds: up to the next heading of the same or a higher level."""

    heading: str
    level: int
    start: int
    end: int


class Document:
    """One source file of a cartridge as continuous text. It is read when somebody looks inside."""

    def __init__(self, cartridge: Shelf, source_file: str) -> None:
        self.cartridge = cartridge
        self.source_file = source_file
        self.chunk_ids = list(cartridge.documents[source_file])
        self._excerpts: dict[tuple[int, int], str] = {}
        self._origins: dict[int, Mapping[str, Any]] = {}

    @cached_property
    def title(self) -> str:
        """That of the first chunk that has one, else the file's name."""
        return next((_bounded(chunk.doc_title) for chunk in self._chunks() if chunk.doc_title), self.source_file)

    @cached_property
    def url(self) -> str:
        """That of the first chunk that has one, else nothing."""
        return next((link for chunk in self._chunks() if (link := web_address(chunk.url))), "")

    @property
    def spans(self) -> dict[int, tuple[int, int]]:
        """Start and end of each chunk in the text, by its id."""
        return self._read[1]

    @property
    def layout(self) -> Layout:
        """The text's lines, and where it may be cut."""
        return self._read[0]

    def excerpt(self, start: int, end: int) -> str:
        """All of `text[start:end]`, with what its ends need to read on its own."""
        text = self._excerpts.get((start, end))
        if text is None:
            if len(self._excerpts) >= KEPT:
                self._excerpts.clear()
            text = self._excerpts[start, end] = self.layout.excerpt(start, end, self._more_than_all).text
        return text

    def origin(self, chunk_id: int) -> Mapping[str, Any]:
        """The fields of an `Origin` for a chunk, without what people wouldn't see."""
        origin = self._origins.get(chunk_id)
        if origin is None:
            if len(self._origins) >= KEPT:
                self._origins.clear()
            origin = self._origins[chunk_id] = _origin(self.cartridge, chunk_id)
        return origin

    @cached_property
    def _more_than_all(self) -> int:
        return LARGEST * len(self.text) + 10_000

    @cached_property
    def _read(self) -> tuple[Layout, dict[int, tuple[int, int]]]:
        text, spans = _joined(list(self._chunks()))
        return Layout(text), spans

    def _chunks(self) -> Iterator[Chunk]:
        return (self.cartridge.chunk(i) for i in self.chunk_ids)

    @property
    def text(self) -> str:
        """The document's Markdown."""
        return self.layout.text

    def sections(self) -> list[Section]:
        """Its headings in order. `#` inside code is none."""
        found: list[tuple[int, int, str]] = []
        for start, line in self.layout.prose_lines():
            if heading := read_heading(line):
                found.append((start, heading.level, heading_text(heading.text)))
        sections: list[Section] = []
        following: list[tuple[int, int]] = []  # level and start of later headings, each of a lower level than the next
        for start, level, title in reversed(found):
            while following and following[-1][0] > level:
                following.pop()
            sections.append(Section(title, level, start, following[-1][1] if following else len(self.text)))
            following.append((level, start))
        return sections[::-1]

    def section(self, name: str) -> Section:
        """The section that a person means by `name`: any case and punctuation, an anchor (`#loss-types`), or the end
        of a path (`Trainer > Loss types`). Raises `NotFoundError` with the nearest headings.
        """
        wanted = slug(name.split(" > ")[-1])
        sections = self.sections()
        by_slug = {slug(section.heading): section for section in reversed(sections)}
        if wanted in by_slug:
            return by_slug[wanted]
        partial = [section for key, section in by_slug.items() if wanted and wanted in key]
        if len(partial) == 1:
            return partial[0]
        raise NotFoundError("section", name, [section.heading for section in sections])


@lru_cache(maxsize=256)
def document_of(cartridge: Shelf, source_file: str) -> Document:
    """The document, put together once. Raises `NotFoundError` with the nearest file names."""
    if source_file not in cartridge.documents:
        source_file = posixpath.normpath(source_file)
    if source_file not in cartridge.documents:
        matching = [name for name in cartridge.documents if name.endswith("/" + source_file.lstrip("/"))]
        if len(matching) != 1:
            remedy = f"`read_document` without source_file lists what {cartridge.id!r} holds."
            raise NotFoundError("document", source_file, cartridge.documents, remedy)
        source_file = matching[0]
    return Document(cartridge, source_file)


def _origin(cartridge: Shelf, chunk_id: int) -> Mapping[str, Any]:
    chunk = cartridge.chunk(chunk_id)
    return {
        "cartridge": cartridge.id,
        "version": cartridge.version,
        "locked": cartridge.locked,
        "chunk_id": chunk_id,
        "doc_title": _bounded(chunk.doc_title),
        "section_heading": _bounded(chunk.section_heading),
        "heading_path": [_bounded(part) for part in cartridge.title_path(chunk_id)][-DEEPEST:],
        "source_file": visible(chunk.source_file),
        "url": web_address(chunk.url),
    }


def _bounded(title: str) -> str:
    """A title without hidden characters, cut where it is no title any more."""
    shown = visible(title[: 2 * LONGEST_TITLE])
    return shown if len(shown) <= LONGEST_TITLE else shown[: LONGEST_TITLE - 1] + "…"


def web_address(url: str) -> str:
    """Return `url` if it is a plain http or https address without user info, else an empty string.

    `https://docs.example@evil.example/` shows one host and leads to another.
    """
    is_plain = re.fullmatch(r"https?://[^\s<>\"@/?#\\\x00-\x20\x7f-\x9f]+(?:[/?#][^\s<>\"\x00-\x20\x7f-\x9f]*)?", url)
    return url if is_plain and len(url) <= LONGEST_ADDRESS and visible(url) == url else ""


def _joined(chunks: list[Chunk]) -> tuple[str, dict[int, tuple[int, int]]]:
    """The chunks' own text, what people don't see left out, and where each chunk lies in it."""
    parts: list[str] = []
    spans: dict[int, tuple[int, int]] = {}
    at = 0
    for before, chunk in zip([None, *chunks], chunks, strict=False):
        gap = "" if before is None else _gap(before, chunk)
        own = _LINE_BREAKS.sub("\n", visible(chunk.text[chunk.lead : len(chunk.text) - chunk.tail]))
        parts += [gap, own]
        spans[chunk.chunk_id] = (at + len(gap), at + len(gap) + len(own))
        at += len(gap) + len(own)
    return _without_comments("".join(parts), spans)


def _without_comments(text: str, spans: dict[int, tuple[int, int]]) -> tuple[str, dict[int, tuple[int, int]]]:
    """Cut the HTML comments out, and move the spans of the chunks accordingly."""
    ranges = whole_lines(text, comment_ranges(text))
    if not ranges:
        return text, spans
    starts = [start for start, _ in ranges]
    removed = [0, *itertools.accumulate(end - start for start, end in ranges)]

    def moved(offset: int) -> int:
        number = bisect.bisect_right(starts, offset)
        if number and offset < ranges[number - 1][1]:
            return starts[number - 1] - removed[number - 1]
        return offset - removed[number]

    return cut_out(text, ranges), {chunk_id: (moved(start), moved(end)) for chunk_id, (start, end) in spans.items()}


def _gap(before: Chunk, chunk: Chunk) -> str:
    """Text between two chunks, by their character offsets; a blank line without them, as the format joins."""
    if not before.char_end or chunk.char_start < before.char_end:
        return "\n\n"
    return {0: "", 1: "\n"}.get(chunk.char_start - before.char_end, "\n\n")
