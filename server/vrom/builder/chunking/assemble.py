"""Turn pieces of documents into the chunks of a package: numbered, linked within a document, repeats marked."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from vrom.builder.chunking.chunker import Piece
from vrom.builder.chunking.duplicates import first_places
from vrom.builder.document import Document
from vrom.format.models import Chunk


@dataclass(frozen=True)
class Page:
    """A document and the pieces it was cut into."""

    document: Document
    pieces: Sequence[Piece]


def chunks_of(pages: Sequence[Page], url_of: Callable[[str], str]) -> list[Chunk]:
    """The chunks of all documents, in order; `url_of` gives the URL of a document that has none of its own.

    Near-duplicate pieces get extra keys: `also_in` of the first lists the other documents, and `repeats` of each other
    one is the first one's chunk id. Repeats are kept so that their documents can be read in full.
    """
    pieces = [(page.document, piece) for page in pages for piece in page.pieces]
    places = first_places([piece.text for _, piece in pieces])
    extra: dict[int, dict[str, Any]] = defaultdict(dict)
    for number, place in enumerate(places):
        if place != number:
            extra[number]["repeats"] = place
            first, document = pieces[place][0], pieces[number][0]
            if document != first and document.source_file not in (named := extra[place].setdefault("also_in", [])):
                named.append(document.source_file)
    return _linked([_chunk(i, document, piece, url_of, extra[i]) for i, (document, piece) in enumerate(pieces)])


def _chunk(
    chunk_id: int, document: Document, piece: Piece, url_of: Callable[[str], str], extra: Mapping[str, Any]
) -> Chunk:
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
        **extra,
    )


def _linked(chunks: Sequence[Chunk]) -> list[Chunk]:
    """The chunks with the ids of the previous and next chunk of the same document."""
    after = {one.chunk_id: other.chunk_id for one, other in pairwise(chunks) if one.source_file == other.source_file}
    before = {other: one for one, other in after.items()}
    return [
        chunk.model_copy(
            update={"prev_chunk_id": before.get(chunk.chunk_id), "next_chunk_id": after.get(chunk.chunk_id)}
        )
        for chunk in chunks
    ]
