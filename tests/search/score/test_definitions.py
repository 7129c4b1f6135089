"""A query that is a name gets its definition first, and the passage begins at it."""

import pytest

from vrom.answers.search import search_docs

PAGES = {
    "guide.md": [
        "# Guide\n\nDepends, depends, depends: a depending dependency depends on `Depends`.",
        "## Filters\n\nPipe with the filter operator.",
    ],
    "api.md": [
        "# kettle\n\nA module.\n\n## kettle.Kettle\n\nOne.\n\n## kettle.Depends\n\n```python\nDepends(on)\n```\n\n"
        "Declares it.\n\n## kettle.depends\n\nIs another.",
        "# The `|>` operator\n\nPipes.",
        "# Lid\n\n## close\n\nCloses it.",
        "# Door\n\n## close\n\nShuts it.",
    ],
    "changelog.md": ["# Changelog\n\n## Kettle\n\nChanged."],
}


@pytest.fixture
def library(make_package, library_of):
    return library_of(make_package("kitchen", PAGES).parent)


def first(library, query, **options):
    return search_docs(library, query, mode="lexical", **options).results[0]


@pytest.mark.parametrize("query", ["Depends", "`Depends`", "kettle.Depends", "Depends()", "class Depends"])
def test_the_passage_begins_at_the_definition_and_ends_with_it(library, query):
    text = first(library, query).text
    assert text == "## kettle.Depends\n\n```python\nDepends(on)\n```\n\nDeclares it."


def test_case_counts(library):
    assert first(library, "depends").text.startswith("## kettle.depends")


def test_other_words_are_searched_as_ever(library):
    assert first(library, "what depends on a dependency").source_file == "guide.md"


def test_signs_are_a_name(library):
    assert first(library, "|>").text.startswith("# The `|>` operator")


def test_a_member_is_found_by_the_section_that_it_is_in(library):
    assert "Closes it." in first(library, "Lid.close").text
    assert "Shuts it." in first(library, "Door.close").text


def test_what_is_about_the_past_comes_last(library):
    assert first(library, "Kettle").source_file == "api.md"


def test_a_name_that_is_defined_is_neither_absent_nor_doubted(library):
    assert search_docs(library, "|>", mode="lexical").notes == []


def test_a_definition_that_is_only_listed_is_named_by_its_line(library):
    listed = [item for item in search_docs(library, "close", mode="lexical", max_tokens=200).results if item.listed]
    assert all(item.text.startswith("#") for item in listed)


def test_reading_on_leaves_the_definition_out(library):
    answer = search_docs(library, "Depends", mode="lexical", top_k=1)
    rest = search_docs(library, "Depends", mode="lexical", cursor=answer.next_cursor)
    assert answer.results[0].chunk_id not in [item.chunk_id for item in rest.results]
