"""Budgets count what a model counts: a sign of Chinese, Japanese or Korean is a token, four letters of others are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vrom.answers.context import get_chunk_context
from vrom.answers.models import FORMS, tokens, weight
from vrom.answers.read_document import read_document
from vrom.answers.render import render
from vrom.answers.search import search_docs

SCRIPTS = {
    "english": "The kettle boils water and then it whistles. ",
    "russian": "Чайник кипятит воду и потом свистит. ",
    "chinese": "水壶烧水，然后发出哨声。",
    "japanese": "やかんは水をわかして、それから鳴ります。",
    "korean": "주전자는 물을 끓이고 소리를 냅니다. ",
    "mixed": "水壶 kettle 烧水 boil, ",
}


@pytest.mark.parametrize(
    ("text", "count"),
    [("", 0), ("a", 1), ("boil" * 10, 10), ("水壶", 2), ("カナ", 2), ("물", 1), ("水 boils", 2), ("𠀀", 1)],
)
def test_tokens_of_a_text(text, count):
    assert tokens(text) == count


@given(st.text(), st.text())
def test_the_weight_of_a_text_is_that_of_its_parts(one, other):
    assert weight(one + other) == weight(one) + weight(other)
    assert len(one) <= weight(one) <= 4 * len(one)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("script", SCRIPTS)
def test_no_answer_is_longer_than_its_budget_and_none_is_needlessly_short(make_package, library_of, script, form):
    text = "\n\n".join([SCRIPTS[script] * 4] * 100)
    pages = {"a.md": [f"# Kettle\n\n{text}", text]}
    library = library_of(make_package("kettle", pages).parent)
    for max_tokens in (300, 1000):
        answers = [
            search_docs(library, SCRIPTS[script][:6], mode="lexical", max_tokens=max_tokens, form=form),
            get_chunk_context(library, "kettle", 0, max_tokens=max_tokens, form=form),
            read_document(library, "kettle", "a.md", max_tokens=max_tokens, form=form),
        ]
        for answer in answers:
            assert weight(render(answer, form)) <= max_tokens * 4
            assert answer.total_tokens >= max_tokens // 4
            assert answer.total_tokens <= max_tokens
