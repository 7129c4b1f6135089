"""From the pieces of documents to the chunks of a package: numbered, linked within a document, nothing said twice."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from vrom.builder.chunker import Piece
from vrom.builder.documents import Document
from vrom.builder.duplicates import first_places
from vrom.package.models import Chunk


@dataclass(frozen=True)
class Page:
    """A document and what it was cut into."""

    document: Document
    pieces: Sequence[Piece]


def chunks_of(pages: Sequence[Page], url_of: Callable[[str], str]) -> list[Chunk]:
    """The chunks of all pages, in order; `url_of` gives the address of a document that has none of its own.

    Of pieces that say the same, the first is kept, and its extra key `also_in` names the other documents.
    """
    pieces = [(page.document, piece) for page in pages for piece in page.pieces]
    places = first_places([piece.text for _, piece in pieces])
    also_in: dict[int, dict[str, None]] = defaultdict(dict)
    for (document, _), number, place in zip(pieces, range(len(pieces)), places, strict=True):
        if place != number and document != pieces[place][0]:
            also_in[place][document.source_file] = None
    kept = [number for number, place in enumerate(places) if place == number]
    chunks = [_chunk(i, *pieces[number], url_of=url_of, also_in=list(also_in[number])) for i, number in enumerate(kept)]
    return _linked(chunks)


def _chunk(chunk_id: int, document: Document, piece: Piece, url_of: Callable[[str], str], also_in: list[str]) -> Chunk:
    return Chunk(
        chunk_id=chunk_id,
        text=piece.text,
        source_file=document.source_file,
        section_heading=piece.heading_path[-1] if piece.heading_path else document.title,
        url=document.url or url_of(document.source_file),
        doc_title=document.title,
        heading_path=piece.heading_path,
        char_start=piece.char_start,
        char_end=piece.char_end,
        lead=piece.lead,
        tail=piece.tail,
        **({"also_in": also_in} if also_in else {}),  # type: ignore[arg-type]
    )


def _linked(chunks: Sequence[Chunk]) -> list[Chunk]:
    """The chunks with pointers to those before and after them in their document."""
    after = {one.chunk_id: other.chunk_id for one, other in pairwise(chunks) if one.source_file == other.source_file}
    before = {other: one for one, other in after.items()}
    return [
        chunk.model_copy(
            update={"prev_chunk_id": before.get(chunk.chunk_id), "next_chunk_id": after.get(chunk.chunk_id)}
        )
        for chunk in chunks
    ]
