"""From pieces to chunks."""

from vrom.builder.chunking.assemble import Page, chunks_of
from vrom.builder.chunking.chunker import Piece
from vrom.builder.document import Document

SENTENCES = [
    "Fill the kettle with water up to the mark and close the lid before you switch it on.",
    "Descale it once a month with vinegar, and rinse it twice so that the tea doesn't taste of it.",
    "The warranty covers two years, but not the heating element when it was run dry on purpose.",
    "Press the lower button for half a litre; the upper one boils all that there is in it.",
]


def page(name: str, *texts: str, url: str = "") -> Page:
    document = Document(f"{name}.md", "\n".join(texts), name.title(), url)
    return Page(document, [Piece(text, (name.title(), f"Section {i}"), i, i + 1) for i, text in enumerate(texts)])


def chunks(*pages: Page):
    return chunks_of(pages, lambda source_file: f"https://docs.example/{source_file}")


def test_chunks_are_numbered_and_linked_within_their_document():
    made = chunks(page("kettle", *SENTENCES[:3]), page("empty"), page("teapot", SENTENCES[3]))
    assert [chunk.chunk_id for chunk in made] == [0, 1, 2, 3]
    assert [chunk.prev_chunk_id for chunk in made] == [None, 0, 1, None]
    assert [chunk.next_chunk_id for chunk in made] == [1, 2, None, None]


def test_a_chunk_knows_where_it_is_from():
    [_, chunk] = chunks(page("kettle", *SENTENCES[:2]))
    assert (chunk.text, chunk.source_file, chunk.doc_title) == (SENTENCES[1], "kettle.md", "Kettle")
    assert (chunk.section_heading, chunk.heading_path) == ("Section 1", ("Kettle", "Section 1"))
    assert (chunk.char_start, chunk.char_end) == (1, 2)
    assert chunk.url == "https://docs.example/kettle.md"


def test_a_documents_own_address_comes_first():
    [chunk] = chunks(page("kettle", SENTENCES[0], url="https://elsewhere.example"))
    assert chunk.url == "https://elsewhere.example"


def test_what_is_said_twice_knows_its_other_places_and_stays_in_its_page():
    made = chunks(
        page("kettle", SENTENCES[0], SENTENCES[1]),
        page("teapot", SENTENCES[2], SENTENCES[1].upper(), SENTENCES[3]),
        page("stove", SENTENCES[1]),
    )
    assert [chunk.source_file for chunk in made] == ["kettle.md"] * 2 + ["teapot.md"] * 3 + ["stove.md"]
    assert [chunk.model_extra for chunk in made] == [
        {},
        {"also_in": ["teapot.md", "stove.md"]},
        {},
        {"repeats": 1},
        {},
        {"repeats": 1},
    ]
    assert [(chunk.prev_chunk_id, chunk.next_chunk_id) for chunk in made[2:]] == [
        (None, 3),
        (2, 4),
        (3, None),
        (None, None),
    ]


def test_what_a_page_says_twice_itself_needs_no_other_place():
    made = chunks(page("kettle", SENTENCES[0], SENTENCES[0]))
    assert [chunk.model_extra for chunk in made] == [{}, {"repeats": 0}]
