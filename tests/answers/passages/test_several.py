"""Several queries in one call: each has its share, and nothing is sent twice."""

import pytest

from vrom.answers import markdown
from vrom.answers.models import FORMS
from vrom.answers.render import render
from vrom.answers.search import search_docs
from vrom.errors import InvalidArgumentError

PAGES = {
    "kettle.md": [
        "# Kettle\n\nFill the kettle with water.",
        "## Descaling\n\nUse citric acid.",
        "## Lid\n\nClose the lid, else it never stops to boil.",
        "## Lamp\n\nThe lamp glows while it boils.",
    ],
    "toast.md": ["# Toast\n\nPush the lever down.", "## Crumbs\n\nEmpty the tray."],
}


@pytest.fixture
def library(make_package, library_of):
    return library_of(make_package("kitchen", PAGES).parent)


def ask(library, query, **options):
    return search_docs(library, query, mode="lexical", **options)


def test_each_query_is_answered_in_turn_under_its_own_words(library):
    answer = ask(library, ["citric acid", "empty the tray"])
    assert answer.results[0].section_heading == "Descaling"
    assert {item.query for item in answer.results} == {"citric acid", "empty the tray"}
    shown = markdown.search(answer)
    assert shown.startswith('For "citric acid":\n**Kettle > Descaling**')
    assert '\n---\nFor "empty the tray":\n**Toast > Crumbs**' in shown


def test_one_query_in_a_list_is_that_query(library):
    assert ask(library, ["citric acid", "citric acid", " "]) == ask(library, "citric acid")


def test_nothing_is_sent_twice(library):
    answer = ask(library, ["boil", "lid", "lamp"], max_tokens=3000)
    assert [item.chunk_id for item in answer.results] == list(dict.fromkeys(item.chunk_id for item in answer.results))
    assert {item.query for item in answer.results} >= {"boil"}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("max_tokens", [200, 450, 900, 3000])
@pytest.mark.parametrize("top_k", [1, 3, 20])
def test_all_of_them_share_one_budget(library, form, max_tokens, top_k):
    queries = ["water", "citric acid", "lid", "lamp", "lever", "tray"] * 2 + [f"word{i}" for i in range(9)]
    answer = ask(library, queries, max_tokens=max_tokens, top_k=top_k, form=form)
    assert len(render(answer, form)) <= max_tokens * 4
    assert len(answer.results) <= top_k
    assert answer.total_tokens == sum(item.token_estimate for item in answer.results)


def test_queries_that_have_no_room_are_said_to_be_left_out(library):
    answer = ask(library, ["water", "lid", "lamp"], max_tokens=450)
    assert "Answered 2 of 3 queries. Ask fewer, or with more max_tokens." in answer.notes


def test_a_query_that_finds_nothing_is_named(library):
    answer = ask(library, ["citric acid", "12345"])
    assert [note for note in answer.notes if note.startswith("'12345': ")]


def test_they_are_refused_if_all_are_empty_or_with_a_cursor(library):
    with pytest.raises(InvalidArgumentError, match="query: it is empty"):
        ask(library, ["", " "])
    with pytest.raises(InvalidArgumentError, match="one query, not to several"):
        ask(library, ["lid", "lamp"], cursor="AAAA")
