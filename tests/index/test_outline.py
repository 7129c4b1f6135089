import numpy as np
import pytest

from vrom.format.models import Chunk
from vrom.index.outline import outline_of, read_headings


def test_a_comment_in_a_code_block_is_no_heading_even_when_the_block_is_torn():
    texts = [
        "## Quick start\n\nRun this:\n\n```python\nimport trl",
        "# Explicit prompt (recommended)\nx = 1",
        "```\n\n## Next\n\nMore.",
    ]
    assert [path for path, _ in read_headings(texts, "Guide")] == [
        ("Guide", "Quick start"),
        ("Guide", "Quick start"),
        ("Guide", "Quick start"),
    ]


def test_levels_nest_and_unnest():
    texts = ["# Guide\n\nIntro.", "## A\n\nText.", "### B\n\nText.", "## C\n\nText."]
    paths = [path for path, _ in read_headings(texts, "Guide")]
    assert paths == [("Guide",), ("Guide", "A"), ("Guide", "A", "B"), ("Guide", "C")]


def test_a_heading_alone_is_bare_and_leads_what_follows():
    found = read_headings(["## Customization", "Text of it."], "Guide")
    assert found == [(("Guide", "Customization"), True), (("Guide", "Customization"), False)]


def test_anchors_are_no_part_of_a_heading():
    assert read_headings(["## Loss types[[trl.loss]]\n\nText."], "G")[0][0] == ("G", "Loss types")


def test_a_page_without_headings_has_its_title():
    assert read_headings(["Plain text."], "Notes")[0] == (("Notes",), False)


def test_chunks_of_one_path_on_one_page_are_a_section():
    chunks = [
        Chunk(chunk_id=0, text="# A\n\nx", source_file="a.md", doc_title="A"),
        Chunk(chunk_id=1, text="y", source_file="a.md", doc_title="A"),
        Chunk(chunk_id=2, text="## B\n\nz", source_file="a.md", doc_title="A"),
        Chunk(chunk_id=3, text="# A\n\nx", source_file="b.md", doc_title="A"),
    ]
    outline = outline_of(chunks, {"a.md": [0, 1, 2], "b.md": [3]})
    assert outline.section_of.tolist() == [0, 0, 1, 2]
    assert outline.document_of.tolist() == [0, 0, 0, 1]
    members, starts = outline.members(np.array([0, 2], dtype=np.int32))
    assert members.tolist() == [0, 1, 3]
    assert starts.tolist() == [0, 2]


def test_paths_that_the_builder_wrote_are_kept():
    chunks = [Chunk(chunk_id=0, text="# other\n\nx", source_file="a.md", doc_title="A", heading_path=("A", "Real"))]
    assert outline_of(chunks, {"a.md": [0]}).paths[:] == [("A", "Real")]


def test_an_empty_cartridge_has_an_outline():
    outline = outline_of([], {})
    assert (outline.documents, outline.sections) == (0, 0)


@pytest.mark.timeout(60)
@pytest.mark.parametrize("hostile", [" ", "[[", "{#", "<a ", " #"])
def test_a_heading_that_was_made_to_be_read_for_ever_comes_to_an_end(hostile):
    [(path, is_bare)] = read_headings(["# Title" + hostile * 200_000 + "b"], "Page")
    assert is_bare
    assert len(path[-1]) <= 1000


def test_inline_code_with_three_backticks_hides_no_heading():
    texts = ["## Kettle\n\n```boil()``` is inline code.", "## Teapot\n\nText."]
    assert [path for path, _ in read_headings(texts, "Tea")] == [("Tea", "Kettle"), ("Tea", "Teapot")]


def test_an_indented_mark_is_no_heading():
    assert read_headings(["## Kettle\n\nText.", " # a comment\n\nText."], "Tea")[1][0] == ("Tea", "Kettle")
