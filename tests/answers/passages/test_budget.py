"""What can't be shown within the budget is said to be left out; nothing makes an answer longer than it."""

import json

import pytest

from vrom.answers.context import get_chunk_context
from vrom.answers.models import MIN_TOKENS
from vrom.answers.read_document import read_document
from vrom.answers.render import render
from vrom.answers.search import search_docs
from vrom.errors import InvalidArgumentError

LONG_NAME = "folder/" + "x" * 980 + ".md"


@pytest.fixture
def library(make_package, library_of):
    pages = {LONG_NAME: ["# Kettle\n\nFill the kettle with water."], "tea.md": ["# Tea\n\nFill the pot with tea."]}
    return library_of(make_package("kettle", pages).parent)


@pytest.mark.parametrize("form", ["markdown", "json"])
def test_a_passage_whose_file_name_exceeds_the_budget_is_named_and_the_next_one_is_shown(library, form):
    answer = search_docs(library, "fill the kettle", mode="lexical", max_tokens=MIN_TOKENS, form=form)
    assert [one.source_file for one in answer.results] == ["tea.md"]
    assert any(note.startswith("kettle#0 is left out: ") for note in answer.notes)
    assert len(render(answer, form)) <= MIN_TOKENS * 4


def test_what_follows_a_passage_that_was_left_out_is_widened_as_usual(make_package, library_of):
    pages = {
        LONG_NAME: ["# Kettle\n\nFill the kettle."],
        "tea.md": ["# Tea\n\nFill the pot.", "More about tea.", "The end."],
    }
    library = library_of(make_package("kettle", pages).parent)
    answer = search_docs(library, "fill the kettle", mode="lexical", max_tokens=250)
    assert {one.source_file for one in answer.results} == {"tea.md"}
    assert "More about tea." in answer.results[0].text
    assert [note for note in answer.notes if "is left out" in note]
    assert library.mount("kettle").state == "ready"


def test_it_is_there_where_the_budget_allows_it(library):
    answer = search_docs(library, "fill the kettle", mode="lexical", max_tokens=1000)
    assert LONG_NAME in [one.source_file for one in answer.results]


@pytest.mark.parametrize(
    "read",
    [
        lambda library: get_chunk_context(library, "kettle", 0, max_tokens=MIN_TOKENS),
        lambda library: read_document(library, "kettle", LONG_NAME, max_tokens=MIN_TOKENS),
    ],
)
def test_a_document_that_can_not_be_named_within_the_budget_is_an_error_that_says_how_much_it_takes(library, read):
    with pytest.raises(InvalidArgumentError, match=r"max_tokens: the title and file name .* take \d+ more"):
        read(library)


def test_titles_without_end_are_cut(make_package, library_of):
    folder = make_package("kettle", {"kettle.md": ["# Kettle\n\nFill it."]})
    index = json.loads((folder / "index.json").read_text())
    chunk = json.loads(index["nodes"][0]["metadata"])
    index["nodes"][0]["metadata"] = json.dumps(chunk | {"doc_title": "T" * 50_000})
    (folder / "index.json").write_text(json.dumps(index))
    answer = search_docs(library_of(folder.parent), "fill", mode="lexical", max_tokens=MIN_TOKENS)
    assert answer.results[0].doc_title == "T" * 159 + "…"
