"""The promises of a search answer: its budget, whole passages, nothing twice."""

import base64
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vrom.answers.models import FORMS
from vrom.answers.passages.budget import Limits, pack
from vrom.answers.passages.spans import spans_of
from vrom.answers.passages.widen import widened
from vrom.answers.render import render
from vrom.answers.search import search_docs
from vrom.errors import InvalidArgumentError, NotFoundError
from vrom.library.library import Library
from vrom.markdown.fences import fence_after
from vrom.search.rank import rank

PAGES = {
    "kettle/boiling.md": [
        "# Boiling\n\nFill the kettle with cold water before you switch it on. The lamp glows while it heats.",
        "## Temperature\n\nSet the temperature with `target_celsius`. Green tea wants 80, black tea wants 95.",
        "## Example\n\n```python\nfrom kettle import Kettle\n\n# Green tea",
        "kettle = Kettle(target_celsius=80)\nkettle.boil()\n```\n\nThe call returns when the water is hot.",
    ],
    "kettle/cleaning.md": [
        "# Cleaning\n\nDescale the kettle every month with citric acid: two spoons on a litre of water.",
        "## Filter\n\n| part | interval |\n| --- | --- |\n| mesh | weekly |\n| cartridge | yearly |",
        "## Long read\n\n"
        + "\n\n".join(f"Paragraph {i} on limescale: what it is, why it comes back." for i in range(90)),
    ],
    "kettle/errors.md": [
        "# Errors\n\n`E_DRY_BOIL` means that the kettle was switched on empty. Let it cool, then fill it.",
        "## E_LID_OPEN\n\nThe lid wasn't closed: `kettle.boil()` raises `LidOpenError` at once.",
    ],
}
QUESTIONS = [
    "how hot for green tea",
    "E_DRY_BOIL",
    "limescale",
    "kettle.boil()",
    "citric acid descale",
    "filter interval",
]


@pytest.fixture(scope="module")
def library(tmp_path_factory, write_package, model_home, embedder):
    root = tmp_path_factory.mktemp("cartridges")
    write_package(root, "kettle", PAGES, embedder=embedder)
    write_package(
        root, "toaster", {"toast.md": ["# Toast\n\nPush the lever down. Dial 3 is golden brown."]}, embedder=embedder
    )
    return Library([root], cache=root / ".cache", models=model_home / "models")


def test_a_question_finds_its_passage_and_names_its_source(library):
    best = search_docs(library, "how hot for green tea").results[0]
    assert (best.cartridge, best.version, best.chunk_id, best.source_file) == (
        "kettle",
        "1.0.0",
        1,
        "kettle/boiling.md",
    )
    assert best.heading_path == ["Boiling", "Temperature"]
    assert best.url == "https://docs.example/kettle/boiling"
    assert (best.prev_chunk_id, best.next_chunk_id) == (0, 2)
    assert best.token_estimate == len(best.text) // 4


def test_an_exact_name_finds_its_passage_in_every_hybrid_answer(library):
    assert search_docs(library, "E_DRY_BOIL").results[0].source_file == "kettle/errors.md"
    assert search_docs(library, "LidOpenError").results[0].section_heading == "E_LID_OPEN"


def test_a_torn_code_block_is_made_whole(library):
    passage = next(
        p for p in search_docs(library, "kettle.boil() example", top_k=9).results if "target_celsius=80" in p.text
    )
    assert passage.text.startswith(("```python\n", "## Example"))
    assert fence_after(passage.text) is None


def test_neighbours_of_one_section_come_as_one_passage(library):
    results = search_docs(library, "from kettle import Kettle target_celsius=80 kettle.boil()", top_k=3).results
    example = next(p for p in results if "from kettle import Kettle" in p.text)
    assert "kettle.boil()" in example.text


def test_a_context_window_brings_neighbours_along(library):
    alone = search_docs(library, "E_DRY_BOIL", top_k=1).results[0]
    wider = search_docs(library, "E_DRY_BOIL", top_k=1, context_window=1).results[0]
    assert alone.text in wider.text
    assert "LidOpenError" in wider.text


def test_a_passage_longer_than_the_budget_gives_its_best_part(library):
    answer = search_docs(library, "Paragraph 60 limescale", max_tokens=200, top_k=1, mode="lexical")
    assert "Paragraph 60 " in answer.results[0].text
    assert "cut to fit" in answer.results[0].text


def test_what_two_cartridges_say_in_the_same_words_is_sent_once(tmp_path, write_package, model_home, embedder):
    write_package(
        tmp_path, "edition-1", {"knots.md": ["# Bowline\n\nMakes a loop that never slips."]}, embedder=embedder
    )
    write_package(
        tmp_path, "edition-2", {"knots.md": ["# Bowline\n\nmakes a loop  that never slips."]}, embedder=embedder
    )
    both = Library([tmp_path], cache=tmp_path / ".cache", models=model_home / "models")
    assert [p.cartridge for p in search_docs(both, "a loop that never slips").results] == ["edition-1"]


def test_one_call_searches_every_cartridge_or_those_named(library):
    assert {p.cartridge for p in search_docs(library, "golden brown lever kettle", top_k=9).results} == {
        "kettle",
        "toaster",
    }
    assert {p.cartridge for p in search_docs(library, "golden", ["toaster"]).results} == {"toaster"}
    with pytest.raises(NotFoundError, match="Did you mean 'toaster'"):
        search_docs(library, "golden", ["toster"])


def test_an_empty_query_is_refused(library):
    with pytest.raises(InvalidArgumentError, match="query: it is empty"):
        search_docs(library, "  \n ")


def test_finding_nothing_is_an_answer(tmp_path, model_home):
    nothing = Library([tmp_path], cache=tmp_path, models=model_home / "models")
    answer = search_docs(nothing, "anything")
    assert answer.results == []
    assert "No cartridge is mounted" in answer.notes[0]


def test_a_doubtful_answer_names_what_a_registry_is_known_to_list(tmp_path, library, model_home):
    (tmp_path / "registry.json").write_text(
        '{"vroms": [{"id": "sailing", "version": "2.0", "files": {}, "description": "Knots, sails and weather at sea"},'
        ' {"id": "kettle", "version": "9.0", "files": {}, "description": "Knots and weather"}]}'
    )
    knowing = Library(library.roots, cache=library.cache, models=library.models, home=tmp_path)
    answer = search_docs(knowing, "which knots hold in bad weather at sea")
    assert "a registry lists what may fit: sailing. `vrom pull ID` adds one." in " ".join(answer.notes)
    assert "Knots" not in " ".join(answer.notes), "a registry's own words are not repeated"
    assert not [note for note in search_docs(knowing, "E_DRY_BOIL").notes if "registry" in note]
    assert not [note for note in search_docs(library, "which knots hold in bad weather").notes if "registry" in note]


@pytest.mark.timeout(60)
def test_an_endless_query_is_answered(library):
    assert search_docs(library, "green tea " * 10_000).results


def test_room_that_is_left_goes_to_the_section_around_a_passage(library):
    wide = search_docs(library, "Paragraph 60 limescale", top_k=1, mode="lexical").results[0]
    assert "Filter" not in wide.text, "another section"
    assert all(f"Paragraph {i} on" in wide.text for i in range(90)), "the whole of its own"


def test_no_room_is_spent_on_what_hardly_answers(library):
    query = "who won the chess tournament"
    cartridges, _ = library.open_all(library.select())
    ranking = rank(cartridges, query, mode="semantic", embedders=library.embedders, limit=100)
    spans = spans_of(ranking.hits, 0, 3)
    assert ranking.doubtful
    assert widened(spans, 8000) != spans
    found = [p for p in search_docs(library, query, top_k=3, mode="semantic").results if not p.listed]
    texts = [span.document.layout.excerpt(*span.range, 10**9).text for span in spans]
    assert [p.text for p in found] == texts[: len(found)]


def test_a_cursor_made_up_with_no_room_at_all_is_survived(library):
    query = "kettle temperature example lid"
    cursor = base64.urlsafe_b64decode(search_docs(library, query, top_k=1).next_cursor)
    no_room = pack(0, Limits(1, 0, "json")).to_bytes(4, "big")
    made_up = base64.urlsafe_b64encode(no_room + cursor[4:]).decode()
    assert len(search_docs(library, query, cursor=made_up).results) <= 5


def test_reading_on_with_other_limits_repeats_nothing(library):
    first = search_docs(library, "kettle temperature example lid", top_k=2)
    rest = search_docs(library, "kettle temperature example lid", top_k=9, max_tokens=4000, cursor=first.next_cursor)
    assert rest.results
    assert not {line for p in first.results for line in UNIQUE if line in p.text} & {
        line for p in rest.results for line in UNIQUE if line in p.text
    }


UNIQUE = {
    line
    for line, count in Counter("\n".join(text for texts in PAGES.values() for text in texts).split("\n")).items()
    if count == 1 and len(line) > 12 and not line.startswith(("|", "```"))
}
"""Lines that stand in one place only."""


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    query=st.sampled_from(QUESTIONS) | st.text(min_size=1, max_size=40).filter(str.strip),
    limits=st.lists(
        st.tuples(st.integers(1, 50), st.integers(200, 3000), st.sampled_from(FORMS)),
        min_size=1,
        max_size=12,
    ),
    window=st.integers(0, 5),
)
def test_no_answer_breaks_its_budget_its_fences_or_its_uniqueness(library, query, limits, window):
    """Whatever is asked for on each page."""
    cursor, seen = None, Counter()
    for top_k, max_tokens, form in limits:
        answer = search_docs(
            library, query, top_k=top_k, max_tokens=max_tokens, context_window=window, cursor=cursor, form=form
        )
        assert len(render(answer, form)) <= max_tokens * 4
        assert len(answer.results) <= top_k
        assert answer.total_tokens == sum(p.token_estimate for p in answer.results) <= max_tokens
        for passage in answer.results:
            assert fence_after(passage.text) is None
            seen.update([(passage.cartridge, passage.chunk_id), *set(passage.text.split("\n")) & UNIQUE])
        assert [what for what, times in seen.items() if times > 1] == [], "sent twice"
        cursor = answer.next_cursor
        if cursor is None:
            return


def test_what_is_in_none_of_the_pages_is_said_first_with_what_to_do_and_two_passages(library):
    answer = search_docs(library, "how do I connect the kettle to Snowflake", mode="lexical")
    assert answer.notes[0] == (
        'Not in these pages: "Snowflake". Answer without it, or ask for documentation that has it: `vrom add NAME`.'
    )
    assert len(answer.results) <= 2


def test_what_is_in_none_of_the_pages_may_be_mounted_beside_them(library):
    names = [mount.id for mount in library.mounts()]
    answer = search_docs(library, f"use it together with {names[1].capitalize()}x and more", [names[0]], mode="lexical")
    assert f'cartridges=["{names[1]}"]' not in " ".join(answer.notes)
    answer = search_docs(library, f"how is it used with {names[1].capitalize()}", [names[0]], mode="lexical")
    assert f'cartridges=["{names[1]}"]' in answer.notes[0]
