"""An answer shows what it needs of its passages and lists the rest."""

import pytest

from vrom.answers import markdown
from vrom.answers.context import get_chunk_context
from vrom.answers.document import document_of
from vrom.answers.passages.choose import BEST, NEEDED, choose
from vrom.answers.passages.spans import Span
from vrom.answers.search import search_docs
from vrom.search.hits import Hit

FILLING = "Water boils in it, and then it whistles. " * 15
PAGES = {
    "kettle.md": [
        f"# Kettle\n\n## Boiling\n\nFill the kettle. {FILLING}",
        f"The whistle is loud. {FILLING}",
        f"It stops by itself. {FILLING}",
        f"It can be turned off. {FILLING}",
        f"## Descaling\n\nUse citric acid in the kettle. {FILLING}",
        "## Lid\n\nThe kettle has a lid.",
    ],
    "notes.md": ["The kettle is red.\n\nNothing else is known."],
}


@pytest.fixture
def library(make_package, library_of):
    return library_of(make_package("kettle", PAGES).parent)


@pytest.fixture
def document(library):
    return document_of(library.open("kettle"), "kettle.md")


def spans(document, *hits):
    return [Span(document, Hit(document.cartridge, at, score), at, at) for at, score in hits]


def shown(choices):
    return [choice.span.first for choice in choices if choice.shown]


def test_the_best_passage_comes_with_its_section_as_far_as_it_is_not_long(document):
    best = choose(spans(document, (0, 1.0)), "kettle", 2000, widen=True)[0].span
    assert (best.first, best.last) == (0, 1)
    start, end = best.range
    assert end - start <= BEST
    assert choose(spans(document, (0, 1.0)), "kettle", 2000, widen=False)[0].span.last == 0


def test_what_the_best_passage_takes_in_is_not_listed(document):
    choices = choose(spans(document, (0, 1.0), (1, 0.9), (5, 0.9)), "kettle", 2000, widen=True)
    assert [choice.span.first for choice in choices] == [0, 5]


def test_a_passage_is_shown_if_its_score_is_close_or_it_has_a_word_that_none_before_it_has(document):
    near, far = (5, 0.9), (5, 0.1)
    assert shown(choose(spans(document, (0, 1.0), near), "kettle", 2000, widen=False)) == [0, 5]
    assert shown(choose(spans(document, (0, 1.0), far), "kettle", 2000, widen=False)) == [0]
    assert shown(choose(spans(document, (0, 1.0), far), "the lid of the kettle", 2000, widen=False)) == [0, 5]


def test_no_more_is_shown_than_an_answer_needs(document):
    hits = [(at, 1.0) for at in range(6)]
    choices = choose(spans(document, *hits), "kettle", 2000, widen=False)
    lengths = [choice.span.range[1] - choice.span.range[0] for choice in choices if choice.shown]
    assert sum(lengths) <= NEEDED
    assert len(choices) == 6
    assert len(shown(choose(spans(document, *hits), "kettle", 500, widen=False))) < len(lengths)


def test_a_listed_passage_has_its_heading_its_id_and_its_size(library):
    answer = search_docs(library, "fill the kettle", mode="lexical")
    listed = next(item for item in answer.results if item.listed and item.section_heading == "Descaling")
    assert (listed.text, listed.continues, listed.token_estimate) == ("## Descaling", listed.chunk_id, 3)
    line = f"- kettle#{listed.chunk_id} Kettle > Descaling ({listed.continues_tokens} tokens)"
    assert f"\n{line}\n" in markdown.search(answer).partition("\nAlso (get_chunk_context shows one):")[2]
    text = get_chunk_context(library, "kettle", listed.chunk_id, before=0, after=0).text
    assert listed.continues_tokens == len(text) // 4


def test_a_text_without_a_heading_is_listed_by_its_first_line(library):
    answer = search_docs(library, "fill the kettle, it is red", mode="lexical", max_tokens=300)
    assert "The kettle is red." in next(item.text for item in answer.results if item.source_file == "notes.md")


def test_a_passage_says_where_its_section_goes_on_and_how_long(library):
    best = search_docs(library, "fill the kettle", mode="lexical").results[0]
    assert best.continues == 3
    rest = get_chunk_context(library, "kettle", 3, before=0, after=0).text
    assert best.continues_tokens == len(rest) // 4
    assert markdown.passage(best).endswith(f"\n\n[continues: #3, {best.continues_tokens} tokens]")
    lid = next(item for item in search_docs(library, "lid", mode="lexical").results if item.section_heading == "Lid")
    assert (lid.continues, lid.continues_tokens) == (None, 0)
    assert "[continues" not in markdown.passage(lid)


def test_a_passage_that_is_cut_goes_on_where_it_was_cut(make_package, library_of):
    pages = {"a.md": ["# A\n\n" + "\n\n".join(f"Paragraph {i} about limescale." for i in range(99)), "The end."]}
    cut = search_docs(library_of(make_package("a", pages).parent), "limescale", mode="lexical", max_tokens=200)
    assert "cut to fit" in cut.results[0].text
    assert cut.results[0].continues == 0
    assert cut.results[0].continues_tokens > 300


def test_who_asks_for_more_than_the_default_gets_passages_whole(library):
    answer = search_docs(library, "fill the kettle", mode="lexical", max_tokens=4000)
    assert not any(item.listed for item in answer.results)
    assert answer.results[0].continues is None


def test_passages_of_a_reference_begin_at_their_signature_and_nothing_is_shown_twice(make_package, library_of):
    described = "## Kettle.{0}\n\n```python\n{0}(water, *, lid)\n```\n\nLet it {0}."
    pages = ["# Kettle", described.format("boil"), "- `lid`: closed.", described.format("pour"), "- `lid`: open."]
    library = library_of(make_package("kettle", {"api.md": pages}).parent)
    document = document_of(library.open("kettle"), "api.md")
    hits = spans(document, (2, 1.0), (4, 0.9), (3, 0.8), (1, 0.8))
    choices = choose(hits, "lid", 2000, widen=True)
    assert [(choice.span.first, choice.span.last, choice.shown) for choice in choices] == [(1, 2, True), (3, 4, True)]
    assert choose(hits, "lid", 2000, widen=False)[0].span.first == 2


def test_the_best_passage_has_its_signature_rather_than_what_follows(make_package, library_of):
    signature = "# Kettle\n\n```python\nboil(water, *, lid)\n```\n\nLet it boil."
    pages = {"api.md": [signature, "- `lid`: closed.", *(f"Part {at}. {FILLING}" for at in range(3))]}
    document = document_of(library_of(make_package("kettle", pages).parent).open("kettle"), "api.md")
    best = choose(spans(document, (1, 1.0)), "lid", 2000, widen=True)[0].span
    assert (best.first, best.last) == (0, 3)
