"""Drafts of chunks: runs of units of a document; and the chunks made from them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from vrom.builder.chunking.unit import Unit
from vrom.builder.document import Document
from vrom.builder.markdown.blocks import NEWLINE
from vrom.format.models import Chunk


@dataclass(frozen=True)
class Draft:
    """Units that become one chunk, and its title path."""

    path: tuple[str, ...]
    units: Sequence[Unit]

    @property
    def lead(self) -> str:
        """Opening of a frame that the text begins with: a reopened fence, a repeated table header; else empty."""
        first = self.units[0]
        return f"{first.frame.opening}\n" if first.frame and first.start > first.frame.start else ""

    @property
    def tail(self) -> str:
        """Closing of a frame that the text ends with: a closed fence; else empty."""
        return _find_closing(self.units[-1])

    def render_text(self, source: str) -> str:
        """Text of the chunk: that of the units in `source`, the document's text, with the frames of cut blocks.

        Dropped blocks (component tags, comments) between the units are left out.
        """
        return "".join([self.lead, *self._render_parts(source), self.tail])

    def _render_parts(self, source: str) -> Iterator[str]:
        yield source[self.units[0].start : self.units[0].end]
        for before, unit in zip(self.units, self.units[1:], strict=False):
            if unit.frame is not before.frame:
                yield _find_closing(before)
            between = source[before.end : unit.start]
            yield _replace_dropped(between) if between.strip() else between
            yield source[unit.start : unit.end]


def _find_closing(unit: Unit) -> str:
    """The closing of the unit's frame, if this unit leaves the frame open; else empty."""
    frame = unit.frame
    left_open = frame and frame.closing and (unit.end < frame.end or not frame.closed)
    return f"\n{frame.closing}" if frame and left_open else ""


def _replace_dropped(dropped: str) -> str:
    """Replacement for dropped lines: a blank line if there was one among them, else a line break."""
    lines = NEWLINE.split(dropped)[1:-1]
    return "\n\n" if any(not line.strip() for line in lines) else "\n"


def make_chunks(drafts: Sequence[Draft], document: Document, url: str, first_id: int) -> list[Chunk]:
    """The chunks of a document's drafts, numbered from `first_id` and linked to their neighbours."""
    last_id = first_id + len(drafts) - 1
    return [
        Chunk(
            chunk_id=chunk_id,
            text=draft.render_text(document.text),
            source_file=document.source_file,
            section_heading=draft.path[-1],
            prev_chunk_id=chunk_id - 1 if chunk_id > first_id else None,
            next_chunk_id=chunk_id + 1 if chunk_id < last_id else None,
            url=url,
            doc_title=document.title,
            heading_path=tuple(draft.path),
            char_start=draft.units[0].start,
            char_end=draft.units[-1].end,
            lead=len(draft.lead),
            tail=len(draft.tail),
        )
        for chunk_id, draft in enumerate(drafts, first_id)
    ]
