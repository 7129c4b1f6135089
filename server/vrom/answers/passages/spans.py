"""From hits to passages: neighbours joined, nothing twice, each one continuous text of one document."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from vrom.answers.document import Document, document_of
from vrom.answers.passages.copies import Edition, edition_of, editions_beside_others, text_key
from vrom.markdown.fences import Fence, step
from vrom.markdown.headings import read_heading
from vrom.search.hits import Hit

JOINED_RANKS = 10
"""Hits so far down are no longer joined to a passage above them: they would only make it longer."""


@dataclass
class Span:
    """A run of chunks of one document, by position in it: `[first, last]`. `hit` is the best hit inside."""

    document: Document
    hit: Hit
    first: int
    last: int
    copies: dict[Edition, Hit] = field(default_factory=dict)
    """Hits in other cartridges with the text of a chunk of the run; the best one of each."""

    @property
    def chunk_ids(self) -> list[int]:
        """The chunks of the run, in order."""
        return self.document.chunk_ids[self.first : self.last + 1]

    @property
    def range(self) -> tuple[int, int]:
        """Start and end of the run in the document's text. A definition begins at its signature."""
        ids = self.chunk_ids
        start, end = self.document.spans[ids[0]][0], self.document.spans[ids[-1]][1]
        if self.hit.line is None or ids[0] != self.hit.chunk_id:
            return start, end
        begin, stop = _definition(self.document, self.hit.chunk_id, self.hit.line)
        return begin, stop or end

    @property
    def ends_within_chunk(self) -> bool:
        """True if the chunk goes on with something else behind the definition that the span shows."""
        return self.range[1] < self.document.spans[self.chunk_ids[-1]][1]


def spans_of(hits: Sequence[Hit], window: int, most: int) -> list[Span]:
    """The first `most` spans, in the order of their best hits. No chunk is in two of them, and none says what a better
    one has said already: mounted versions of a library share most of their pages. The better one has it as a copy.

    A hit next to an earlier span of the same section is joined to it; `window` chunks on either side come along.
    """
    spans: list[Span] = []
    taken: dict[tuple[str, int], Span] = {}
    said: dict[int | str, Span] = {}
    is_one = len({hit.cartridge.digest for hit in hits}) == 1
    for rank, hit in enumerate(hits):
        if rank >= JOINED_RANKS and len(spans) >= most:
            _add_copies(spans[:most], hits[rank:])
            break
        cartridge, digest = hit.cartridge, hit.cartridge.digest
        if span := taken.get((digest, hit.chunk_id)) or said.get(words := _words(hit, is_one)):
            _add_copy(span, hit)
            continue
        document = document_of(cartridge, cartridge.document_name(hit.chunk_id))
        at = document.chunk_ids.index(hit.chunk_id)
        neighbours = (span for span in spans if _adjoins(span, document, at)) if rank < JOINED_RANKS else iter(())
        if (neighbour := next(neighbours, None)) is not None:
            neighbour.first, neighbour.last = min(neighbour.first, at), max(neighbour.last, at)
            taken[digest, hit.chunk_id] = said[words] = neighbour
            continue
        first = last = at
        while first > max(0, at - window) and (digest, document.chunk_ids[first - 1]) not in taken:
            first -= 1
        last_allowed = min(len(document.chunk_ids) - 1, at + window)
        while last < last_allowed and (digest, document.chunk_ids[last + 1]) not in taken:
            last += 1
        spans.append(Span(document, hit, first, last))
        said[words] = spans[-1]
        taken.update(dict.fromkeys(((digest, chunk_id) for chunk_id in spans[-1].chunk_ids), spans[-1]))
    return spans[:most]


def _add_copy(span: Span, hit: Hit) -> None:
    edition = edition_of(hit.cartridge)
    if edition != edition_of(span.document.cartridge):
        span.copies.setdefault(edition, hit)


def _add_copies(spans: Sequence[Span], hits: Sequence[Hit]) -> None:
    """Add copies in other versions of what the spans show, by the marks of the texts, which are read without them."""
    shelves = {span.document.cartridge for span in spans}
    beside = editions_beside_others(shelves | {hit.cartridge for hit in hits})
    if not beside:
        return
    shown: dict[tuple[str, int], Span] = {}
    for span in spans:
        shelf = span.document.cartridge
        shown |= {(edition_of(shelf)[0], shelf.mark(chunk_id)): span for chunk_id in span.chunk_ids}
    for hit in hits:
        edition = edition_of(hit.cartridge)
        if edition in beside and (copied := shown.get((edition[0], hit.cartridge.mark(hit.chunk_id)))):
            _add_copy(copied, hit)


@lru_cache(maxsize=1024)
def _definition(document: Document, chunk_id: int, line: str) -> tuple[int, int | None]:
    """Start of a definition in its document, and its end if that is before the end of its chunk."""
    start, end = document.spans[chunk_id]
    begin = document.text.find(f"\n{line}\n", start - 1 if start else 0, end + 1) + 1
    heading = read_heading(line)
    if not start <= begin < end or heading is None:
        return (begin if start < begin < end else start), None
    fence: Fence | None = None
    at = begin + len(line) + 1
    for text in document.text[at:end].split("\n"):
        following = read_heading(text) if fence is None else None
        if following and following.level <= heading.level:
            return begin, at
        fence = step(text, fence)
        at += len(text) + 1
    return begin, None


def _words(hit: Hit, is_one: bool) -> int | str:
    """Key that equal texts share: the chunk's mark; between cartridges, the text itself."""
    shelf = hit.cartridge
    return shelf.mark(hit.chunk_id) if is_one else text_key(shelf.chunk(hit.chunk_id).text)


def _adjoins(span: Span, document: Document, at: int) -> bool:
    if span.hit.line is not None or span.document is not document or not span.first - 1 <= at <= span.last + 1:
        return False
    section = document.cartridge.section
    return section(document.chunk_ids[at]) == section(span.hit.chunk_id)
