"""Cut a document into pieces: one section or part of a section each, whole blocks, never more than the model can see.

A page is a tree of sections (`sections`), its blocks are units that stay whole (`units`), and these are packed into
pieces near the target (`packing`, `cuts`).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from vrom.builder.chunking.packer import Draft, Packer
from vrom.builder.chunking.sections import sections_of
from vrom.builder.chunking.units import CHARACTERS_OF_A_TOKEN, Measure, Unit
from vrom.builder.document import Document
from vrom.builder.markdown.blocks import NEWLINE, parse

TARGET = 200
"""Tokens of a piece, where the text allows a choice.

Measured over 118 questions about three libraries, nDCG@10 / hit@5: 0.741 / 0.864 at 256, 0.763 / 0.881 at 220,
0.767 / 0.881 at 200, by a ranking fitted to the same questions. A smaller piece is about one thing, and neighbours
are joined again in the answer.
"""
LIMIT = 512
"""Most tokens of a piece with its title path; a caller that knows its model gives the model's own."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a document, to become a chunk."""

    text: str
    heading_path: tuple[str, ...]
    """From the page's title to the innermost heading that holds all of the piece."""
    char_start: int
    char_end: int
    """The piece's extent in the document's text. `text` is exactly that slice, but for what is dropped from it
    (component tags, comments) and what a part of a fence or table needs around it."""
    lead: int = 0
    """Characters at the start of `text` that are such a frame: a fence reopened, a table's header repeated."""
    tail: int = 0
    """Characters at the end of `text` that are such a frame: a fence closed."""


def cut(
    document: Document, count_tokens: Callable[[str], int], target: int = TARGET, limit: int = LIMIT
) -> list[Piece]:
    """Cut a document into pieces, in order and without overlap.

    `count_tokens` counts with the model's own tokenizer, special tokens included. `limit` holds for what is embedded:
    the title path joined by ` > `, a line break and the text. Nothing is raised, whatever the text is; a document with
    no text under its headings gives no pieces.
    """
    page = parse(document.text)
    special = count_tokens("")

    def measure(text: str) -> int:
        at_least = len(text) // CHARACTERS_OF_A_TOKEN
        return at_least if at_least > limit else max(at_least, count_tokens(text) - special)

    packer = Packer(page, measure, target, limit - special)
    drafts = packer.pack(sections_of(page.blocks, document.title))
    return [piece for draft in drafts for piece in _pieces(draft, document.text, packer, measure)]


def _pieces(draft: Draft, source: str, packer: Packer, measure: Measure) -> Iterator[Piece]:
    """The piece of a draft, or several where its units measure more together than one by one."""
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
    """The source of units in one piece, without what was dropped between them, and with the frames of cut blocks."""
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
    """What a piece that begins with this unit needs before it."""
    frame = unit.frame
    return frame.opening + "\n" if frame and unit.start > frame.start else ""


def _closing(unit: Unit) -> str:
    """What is needed after this unit where its frame doesn't go on."""
    frame = unit.frame
    left_open = frame and frame.closing and (unit.end < frame.end or not frame.closed)
    return f"\n{frame.closing}" if frame and left_open else ""


def _paragraph_break(dropped: str) -> str:
    """What stands for dropped lines: a blank line if there was one among them, else a line break."""
    lines = NEWLINE.split(dropped)[1:-1]
    return "\n\n" if any(not line.strip() for line in lines) else "\n"
