"""Room that is left in an answer goes to the sections its passages are from: a chunk is what was found, a section is
what its author meant to be read together.
"""

from collections.abc import Sequence
from dataclasses import replace

from vrom.answers.document import Document
from vrom.answers.passages.size import size
from vrom.answers.passages.spans import Span
from vrom.markdown.headings import heading_text, read_heading, slug

MOST_COUNTED = 200
"""Chunks by which a section goes on at most, as far as its size is told."""


def widened(spans: Sequence[Span], room: int) -> list[Span]:
    """The spans, each with as much of its section around it as `room` characters hold: all of the best one's first.

    A section runs to the next heading of its level or a higher one; a page's title stands for its introduction. A
    span takes what follows it before what precedes it. No chunk gets into two spans.
    """
    taken = {(span.document.cartridge.digest, i) for span in spans for i in span.chunk_ids}
    wide: list[Span] = []
    for span in spans:
        while (wider := _wider(span, taken)) and (gained := length(wider) - length(span)) <= room:
            room -= gained
            taken.update((wider.document.cartridge.digest, i) for i in wider.chunk_ids)
            span = wider
        wide.append(span)
    return wide


def from_signature(span: Span, room: int, others: Sequence[Span] = ()) -> Span:
    """The span from the signature on with which its section begins, if `room` characters hold it, else as it is.

    The end of a list of parameters says little without what they are of. What is in `others` isn't shown again.
    """
    ids, shelf = span.document.chunk_ids, span.document.cartridge
    section, first = shelf.section(span.hit.chunk_id), span.first
    while first > 0 and shelf.section(ids[first - 1]) == section:
        first -= 1
    if first == span.first or span.hit.line is not None or not _begins_with_signature(span.document, ids[first]):
        return span
    shown = {(other.document.cartridge.digest, i) for other in others for i in other.chunk_ids}
    wider = replace(span, first=first)
    is_new = not any((shelf.digest, i) in shown for i in ids[first : span.first])
    return wider if is_new and length(wider) <= room else span


def _begins_with_signature(document: Document, chunk_id: int) -> bool:
    """True for a chunk that has a code block right below its heading, as a reference has them."""
    text = document.text[slice(*document.spans[chunk_id])].lstrip()
    below = text
    while read_heading(below.partition("\n")[0]):
        below = below.partition("\n")[2].lstrip()
    return below != text and below.startswith(("```", "~~~"))


def drop_sent(spans: Sequence[Span], sent: Sequence[Span]) -> list[Span]:
    """The spans without what is in `sent`. One whose best chunk is there has nothing more to say."""
    gone = {(span.document.cartridge.digest, i) for span in sent for i in span.chunk_ids}
    gone |= {(copy.cartridge.digest, copy.chunk_id) for span in sent for copy in span.copies.values()}
    left: list[Span] = []
    for span in spans:
        ids, digest = span.document.chunk_ids, span.document.cartridge.digest
        if (digest, span.hit.chunk_id) in gone:
            continue
        first = last = ids.index(span.hit.chunk_id)
        while first > span.first and (digest, ids[first - 1]) not in gone:
            first -= 1
        while last < span.last and (digest, ids[last + 1]) not in gone:
            last += 1
        left.append(replace(span, first=first, last=last))
    return left


def section_end(span: Span) -> int:
    """Place in its document of the last chunk of a span's section, as far as it follows on the span."""
    last = span.last
    while last - span.last < MOST_COUNTED and _is_of_section(span, last + 1):
        last += 1
    return last


def _wider(span: Span, taken: set[tuple[str, int]]) -> Span | None:
    """The span with one more chunk of its section, or None where there is none left."""
    ids, digest = span.document.chunk_ids, span.document.cartridge.digest
    for place in (span.last + 1, span.first - 1):
        if _is_of_section(span, place) and (digest, ids[place]) not in taken:
            return replace(span, first=min(span.first, place), last=max(span.last, place))
    return None


def _is_of_section(span: Span, place: int) -> bool:
    """Tell whether the chunk at a place in the document is of the section of a span's hit, or of one in that."""
    ids, path_of = span.document.chunk_ids, span.document.cartridge.title_path
    if not 0 <= place < len(ids) or (span.hit.line is not None and not _is_headed_by(span, place)):
        return False
    section, path = path_of(span.hit.chunk_id), path_of(ids[place])
    return path == section or (len(section) > 1 and path[: len(section)] == section)


def _is_headed_by(span: Span, place: int) -> bool:
    """Tell whether a chunk after a definition can belong to it: if it heads a section and fills its chunk."""
    heading = read_heading(span.hit.line or "")
    path = span.document.cartridge.title_path(span.hit.chunk_id)
    is_its_section = heading and path and slug(heading_text(heading.text)) == slug(path[-1])
    return bool(place > span.last and is_its_section and not span.ends_within_chunk)


def length(span: Span) -> int:
    """Size of a span's text, as `weight` counts it."""
    return size(span.document.text[slice(*span.range)])
