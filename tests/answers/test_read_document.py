"""Reading on: around a passage, and through a document page by page."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vrom.answers import markdown
from vrom.answers.context import get_chunk_context
from vrom.answers.document import document_of
from vrom.answers.models import FORMS
from vrom.answers.read_document import read_document, table_of_contents
from vrom.answers.render import render
from vrom.errors import InvalidArgumentError, NotFoundError
from vrom.library.library import Library
from vrom.markdown.fences import fence_after
from vrom.markdown.headings import slug

REAL = Path(__file__).parents[3] / "shared" / "cartridges" / "hf-ml-training"

TORN = [
    "# Kettle\n\nIt boils water.",
    "## Example\n\n```python\nfrom kettle import Kettle",
    "# Green tea\nkettle = Kettle(80)",
    "kettle.boil()\n```\n\nThe call returns when the water is hot.",
    "## Parts & filters\n\n| part | interval |\n| --- | --- |\n"
    + "\n".join(f"| part {i} | {i} days |" for i in range(60)),
    "## Errors\n\n### `E_DRY_BOIL` [[kettle.E_DRY_BOIL]]\n\nIt was empty.",
    "### E_LID_OPEN\n\nThe lid wasn't closed.",
]


@pytest.fixture(scope="module")
def library(tmp_path_factory, write_package):
    root = tmp_path_factory.mktemp("cartridges")
    write_package(root, "kettle", {"kettle.md": TORN, "other/toaster.md": ["# Toaster\n\nPush the lever."]})
    return Library([root], cache=root / ".cache", models=root / ".models")


def test_context_walks_the_linked_list_across_a_torn_code_block(library):
    answer = get_chunk_context(library, "kettle", 2)
    assert answer.chunk_ids == [1, 2, 3]
    assert answer.text.startswith("## Example\n\n```python\nfrom kettle import Kettle\n")
    assert answer.text.endswith("```\n\nThe call returns when the water is hot.")
    assert answer.text.count("```") == 2
    assert (answer.more_before, answer.more_after) == (True, True)


def test_a_chunk_inside_a_code_block_is_shown_as_code(library):
    assert get_chunk_context(library, "kettle", 2, before=0, after=0).text == (
        "```python\n# Green tea\nkettle = Kettle(80)\n```"
    )


def test_context_ends_where_the_document_does(library):
    answer = get_chunk_context(library, "kettle", 7, before=20, after=20)
    assert answer.chunk_ids == [7]
    assert "start of document" in markdown.context(answer)
    assert "end of document" in markdown.context(answer)


def test_neighbours_that_do_not_fit_are_left_out_and_said_so(library):
    answer = get_chunk_context(library, "kettle", 3, before=3, after=3, max_tokens=300)
    assert 3 in answer.chunk_ids
    assert answer.chunk_ids != [0, 1, 2, 3, 4, 5, 6]
    assert "left room for" in answer.notes[0]


def test_a_chunk_longer_than_the_budget_is_cut_with_a_note(library):
    answer = get_chunk_context(library, "kettle", 4, before=0, after=0, max_tokens=200)
    assert answer.text.startswith("## Parts & filters\n\n| part | interval |")
    assert len(markdown.context(answer)) <= 800
    assert "was cut" in answer.notes[0]


def test_an_unknown_chunk_says_which_there_are(library):
    with pytest.raises(NotFoundError, match=r"No chunk 99\. Cartridge 'kettle' has chunks 0 to 7\."):
        get_chunk_context(library, "kettle", 99)


def read_all(library, cartridge, source_file, **options):
    cursor, texts = None, []
    while True:
        answer = read_document(library, cartridge, source_file, cursor=cursor, **options)
        assert len(render(answer, options.get("form", "markdown"))) <= options.get("max_tokens", 4000) * 4
        assert fence_after(answer.text) is None
        texts.append(answer.text)
        cursor = answer.next_cursor
        if cursor is None:
            return texts


def prose(text):
    """Lines without the fences, which a page break inside code adds."""
    return [line for line in text.split("\n") if line.strip() and not line.strip().startswith("```")]


@settings(max_examples=40, deadline=None)
@given(st.integers(200, 900), st.sampled_from(FORMS))
def test_pages_lose_and_repeat_no_line(library, max_tokens, form):
    texts = read_all(library, "kettle", "kettle.md", max_tokens=max_tokens, form=form)
    assert prose("\n".join(texts)) == prose("\n".join(TORN))


@pytest.mark.skipif(not REAL.is_dir(), reason="the real package lies beside the project, not in it")
def test_every_document_of_a_real_package_reads_through(tmp_path):
    library = Library([REAL], cache=tmp_path, models=tmp_path)
    cartridge = library.open("hf-ml-training")
    for source_file in cartridge.documents:
        texts = read_all(library, "hf-ml-training", source_file, max_tokens=1500)
        assert prose("\n".join(texts)) == prose(document_of(cartridge, source_file).text)


@pytest.mark.parametrize(
    ("asked", "heading"),
    [
        ("Errors", "Errors"),
        ("#errors", "Errors"),
        ("parts and filters", None),
        ("PARTS FILTERS", "Parts & filters"),
        ("#parts--filters", "Parts & filters"),
        ("Kettle > Errors > E_LID_OPEN", "E_LID_OPEN"),
        ("e-dry-boil", "`E_DRY_BOIL`"),
        ("lid", "E_LID_OPEN"),
    ],
)
def test_a_section_is_found_by_what_a_person_would_type(library, asked, heading):
    if heading is None:
        with pytest.raises(NotFoundError, match="No section"):
            read_document(library, "kettle", "kettle.md", asked)
    else:
        assert read_document(library, "kettle", "kettle.md", asked).section == heading


def test_a_section_holds_its_subsections_and_no_more(library):
    text = read_document(library, "kettle", "kettle.md", "Errors").text
    assert text.startswith("## Errors")
    assert text.endswith("The lid wasn't closed.")
    assert "part 3" not in text


def test_a_comment_in_code_is_no_section(library):
    with pytest.raises(NotFoundError, match=r"No section 'Green tea'"):
        read_document(library, "kettle", "kettle.md", "Green tea")


def test_a_file_is_found_by_its_end_and_an_unknown_one_names_the_nearest(library):
    assert read_document(library, "kettle", "toaster.md").source_file == "other/toaster.md"
    with pytest.raises(NotFoundError, match=r"Did you mean 'kettle\.md'"):
        read_document(library, "kettle", "ketle.md")


def test_a_file_is_found_as_links_name_it(library):
    plain = read_document(library, "kettle", "kettle.md", "Errors")
    assert read_document(library, "kettle", "./kettle.md#errors").text == plain.text
    assert read_document(library, "kettle", "guide/../kettle.md#other", "Errors").text == plain.text


def test_a_cursor_of_another_document_is_refused(library):
    cursor = read_document(library, "kettle", "kettle.md", max_tokens=200).next_cursor
    with pytest.raises(InvalidArgumentError, match="other arguments"):
        read_document(library, "kettle", "toaster.md", cursor=cursor)


def test_the_table_of_contents_lists_documents_with_their_headings(library):
    answer = table_of_contents(library, "kettle")
    assert [entry.source_file for entry in answer.documents] == ["kettle.md", "other/toaster.md"]
    assert answer.documents[0].headings == ["Example", "Parts & filters", "Errors"]
    assert answer.next_cursor is None


def test_a_long_table_of_contents_comes_in_pages(tmp_path, write_package):
    pages = {f"page_{i:03}.md": [f"# Page {i}\n\n## First part\n\nText.\n\n## Second part\n\nText."] for i in range(90)}
    write_package(tmp_path, "many", pages)
    library = Library([tmp_path], cache=tmp_path, models=tmp_path)
    cursor, files = None, []
    while True:
        answer = table_of_contents(library, "many", max_tokens=300, cursor=cursor)
        assert len(markdown.contents(answer)) <= 1200
        files += [entry.source_file for entry in answer.documents]
        cursor = answer.next_cursor
        if cursor is None:
            break
    assert files == sorted(pages)


def test_a_slug_is_what_anchors_and_titles_have_in_common():
    assert slug("Loss Types") == slug("#loss-types") == slug("loss_types") == "losstypes"
    assert slug("What a project's CLAUDE.md says") == slug("#what-a-projects-claudemd-says")
