"""Room that is left in an answer goes to the sections its passages are from: a chunk is what was found, a section is
what its author meant to be read together.
"""

from collections.abc import Sequence
from dataclasses import replace

from vrom.answers.passages.size import size
from vrom.answers.passages.spans import Span


def widened(spans: Sequence[Span], room: int) -> list[Span]:
    """The spans, each with as much of its section around it as fits the size `room`: all of the best one's first.

    A section runs to the next heading of its level or a higher one; a page's title stands for its introduction. A
    span takes what follows it before what precedes it. No chunk gets into two spans.
    """
    taken = {(span.document.cartridge.digest, i) for span in spans for i in span.chunk_ids}
    wide: list[Span] = []
    for span in spans:
        while (wider := _wider(span, taken)) and (gained := _length(wider) - _length(span)) <= room:
            room -= gained
            taken.update((wider.document.cartridge.digest, i) for i in wider.chunk_ids)
            span = wider
        wide.append(span)
    return wide


def drop_sent(spans: Sequence[Span], sent: Sequence[Span]) -> list[Span]:
    """The spans without what is in `sent`. One whose best chunk is there has nothing more to say."""
    gone = {(span.document.cartridge.digest, i) for span in sent for i in span.chunk_ids}
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


def _wider(span: Span, taken: set[tuple[str, int]]) -> Span | None:
    """The span with one more chunk of its section, or None where there is none left."""
    ids, cartridge = span.document.chunk_ids, span.document.cartridge
    section = cartridge.outline.paths[span.hit.chunk_id]
    for place in (span.last + 1, span.first - 1):
        if not 0 <= place < len(ids) or (cartridge.digest, ids[place]) in taken:
            continue
        path = cartridge.outline.paths[ids[place]]
        if path == section or (len(section) > 1 and path[: len(section)] == section):
            return replace(span, first=min(span.first, place), last=max(span.last, place))
    return None


def _length(span: Span) -> int:
    start, end = span.range
    return size(span.document.text[start:end])
