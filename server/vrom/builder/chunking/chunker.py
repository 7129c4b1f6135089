"""Cut a document into pieces: sections or parts of them, made of whole blocks, within the model's token limit.

A document is a tree of sections (`sections`); its blocks become indivisible units (`units`), which are packed into
pieces near the target size (`packer`, `optimal_cuts`).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from vrom.builder.chunking.packer import Draft, Packer
from vrom.builder.chunking.sections import sections_of
from vrom.builder.chunking.units import CHARACTERS_OF_A_TOKEN, Measure, Unit
from vrom.builder.document import Document
from vrom.builder.markdown.blocks import NEWLINE, parse_markdown

TARGET = 200
"""Preferred number of tokens in a piece.

Measured with 118 queries over three libraries, nDCG@10 / hit@5: 0.741 / 0.864 at 256, 0.763 / 0.881 at 220,
0.767 / 0.881 at 200, with a ranking fitted to the same queries. Smaller pieces cover a single topic, and answers
rejoin neighbours.
"""
LIMIT = 512
"""Default maximum of tokens in a piece with its title path; callers that know the model pass its own limit."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a document, to become a chunk."""

    text: str
    heading_path: tuple[str, ...]
    """Title path: from the document's title to the innermost heading that contains the whole piece."""
    char_start: int
    char_end: int
    """The piece's extent in the document's text. `text` is that slice, without dropped blocks (component tags,
    comments) and with the frame that a part of a fence or table needs."""
    lead: int = 0
    """Characters at the start of `text` that are a frame: a reopened fence, a repeated table header."""
    tail: int = 0
    """Characters at the end of `text` that are a frame: a closed fence."""


def cut(
    document: Document, count_tokens: Callable[[str], int], target: int = TARGET, limit: int = LIMIT
) -> list[Piece]:
    """Cut a document into pieces, in order and without overlap.

    `count_tokens` counts with the model's own tokenizer, special tokens included. `limit` applies to the embedded text:
    the title path joined by ` > `, a line break and the text. Never raises for any text; a document with no text under
    its headings gives no pieces.
    """
    page = document.parsed or parse_markdown(document.text)
    special = count_tokens("")

    def measure(text: str) -> int:
        at_least = len(text) // CHARACTERS_OF_A_TOKEN
        return at_least if at_least > limit else max(at_least, count_tokens(text) - special)

    packer = Packer(page, measure, target, limit - special)
    drafts = packer.pack(sections_of(page.blocks, document.title))
    return [piece for draft in drafts for piece in _pieces(draft, document.text, packer, measure)]


def _pieces(draft: Draft, source: str, packer: Packer, measure: Measure) -> Iterator[Piece]:
    """The piece of a draft; several if its units have more tokens together than the sum of their own counts."""
    text = _text(source, draft.units)
    room = packer.room(draft.path)
    excess = measure(text) - room
    if excess > 0 and len(draft.units) > 1:
        for smaller in packer.split(draft.path, draft.units, min(room - excess, draft.tokens - 1)):
            yield from _pieces(smaller, source, packer, measure)
        return
    first, last = draft.units[0], draft.units[-1]
    yield Piece(text, draft.path, first.start, last.end, len(_opening(first)), len(_closing(last)))


def _text(source: str, units: Sequence[Unit]) -> str:
    """The source text of units in one piece, without dropped blocks between them, and with the frames of cut blocks."""
    parts = [_opening(units[0])]
    for unit, following in zip(units, [*units[1:], None], strict=True):
        parts.append(source[unit.start : unit.end])
        if following is None or following.frame is not unit.frame:
            parts.append(_closing(unit))
        if following:
            between = source[unit.end : following.start]
            parts.append(_paragraph_break(between) if between.strip() else between)
    return "".join(parts)


def _opening(unit: Unit) -> str:
    """The opening of the unit's frame, if a piece begins with this unit inside the frame; else empty."""
    frame = unit.frame
    return frame.opening + "\n" if frame and unit.start > frame.start else ""


def _closing(unit: Unit) -> str:
    """The closing of the unit's frame, if this unit leaves the frame open; else empty."""
    frame = unit.frame
    left_open = frame and frame.closing and (unit.end < frame.end or not frame.closed)
    return f"\n{frame.closing}" if frame and left_open else ""


def _paragraph_break(dropped: str) -> str:
    """Replacement for dropped lines: a blank line if there was one among them, else a line break."""
    lines = NEWLINE.split(dropped)[1:-1]
    return "\n\n" if any(not line.strip() for line in lines) else "\n"
