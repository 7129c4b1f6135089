"""Room that is left goes to the sections around passages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vrom.answers.passages.spans import Span
from vrom.answers.passages.widen import drop_sent, from_signature, widened
from vrom.library.library import Library
from vrom.search.hits import Hit

PAGES = {
    "mill.md": [
        "# Mill\n\nGrinds beans.",
        "## Setting\n\nTurn the ring.",
        "Left is finer.",
        "### Espresso\n\nTwo clicks.",
        "## Care\n\nBrush the burrs.",
        "Every week.",
    ]
}


@pytest.fixture(scope="module")
def cartridge(tmp_path_factory, write_package):
    root = tmp_path_factory.mktemp("cartridges")
    write_package(root, "mill", PAGES)
    return Library([root], cache=root / ".cache", models=root).open("mill")


@pytest.fixture(scope="module")
def document(cartridge):
    from vrom.answers.document import document_of

    return document_of(cartridge, "mill.md")


def span(document, at, first=None, last=None):
    return Span(
        document, Hit(document.cartridge, at, 1.0), at if first is None else first, at if last is None else last
    )


def runs(spans):
    return [(s.first, s.last) for s in spans]


def test_a_passage_takes_in_its_section_with_its_subsections(document):
    assert runs(widened([span(document, 1)], 1000)) == [(1, 3)]
    assert runs(widened([span(document, 2)], 1000)) == [(1, 3)]
    assert runs(widened([span(document, 5)], 1000)) == [(4, 5)]


def test_a_subsection_stays_within_itself(document):
    assert runs(widened([span(document, 3)], 1000)) == [(3, 3)]


def test_a_page_s_title_stands_for_its_introduction(document):
    assert runs(widened([span(document, 0)], 1000)) == [(0, 0)]


def test_the_best_passage_comes_first(document):
    room = len("Left is finer.") + 2
    assert runs(widened([span(document, 1), span(document, 4)], room)) == [(1, 2), (4, 4)]
    assert runs(widened([span(document, 4), span(document, 1)], room)) == [(4, 5), (1, 1)]


@given(
    hits=st.lists(st.integers(0, 5), min_size=1, max_size=6, unique=True),
    room=st.integers(0, 200),
)
def test_widening_keeps_every_passage_shares_nothing_and_holds_to_its_room(document, hits, room):
    spans = [span(document, at) for at in hits]
    wide = widened(spans, room)
    chunks = [i for s in wide for i in s.chunk_ids]
    assert len(chunks) == len(set(chunks))
    assert all(w.first <= s.first and s.last <= w.last for s, w in zip(spans, wide, strict=True))
    assert sum(map(length, wide)) - sum(map(length, spans)) <= room


@given(
    sent=st.lists(st.integers(0, 5), max_size=4, unique=True),
    left=st.lists(st.tuples(st.integers(0, 5), st.integers(0, 2), st.integers(0, 2)), max_size=4),
)
def test_what_was_sent_is_not_sent_again(document, sent, left):
    before = [span(document, at) for at in sent]
    after = [span(document, at, before, after) for at, before, after in left]
    found = drop_sent(after, before)
    assert not {i for s in found for i in s.chunk_ids} & set(sent)
    assert [s.hit.chunk_id for s in found] == [at for at, _, _ in left if at not in sent], "nothing else is lost"


def length(of):
    start, end = of.range
    return end - start


MEMBERS = {
    "reference.md": [
        "# Mill\n\n## Mill.grind\n\n```python\ngrind(beans, *, fine=False)\n```\n\nGrind the beans.",
        "- `beans`: those to grind.",
        "- `fine`: for espresso.",
        "## Grinding\n\nFill the hopper.",
        "```sh\ngrind --all\n```",
    ]
}


@pytest.fixture(scope="module")
def reference(tmp_path_factory, write_package):
    from vrom.answers.document import document_of

    root = tmp_path_factory.mktemp("cartridges")
    write_package(root, "mill", MEMBERS)
    return document_of(Library([root], cache=root / ".cache", models=root).open("mill"), "reference.md")


def test_what_is_said_of_a_parameter_begins_at_the_signature(reference):
    assert runs([from_signature(span(reference, 2), 1000)]) == [(0, 2)]
    assert runs([from_signature(span(reference, 1, 1, 2), 1000)]) == [(0, 2)]


def test_it_begins_where_it_was_found_if_there_is_no_room_or_the_signature_is_shown_already(reference):
    assert runs([from_signature(span(reference, 2), 100)]) == [(2, 2)]
    assert runs([from_signature(span(reference, 2), 1000, [span(reference, 0)])]) == [(2, 2)]
    assert runs([from_signature(span(reference, 2), 1000, [span(reference, 3)])]) == [(0, 2)]


def test_a_section_without_a_signature_is_no_description_of_one(reference, document):
    assert runs([from_signature(span(reference, 4), 1000)]) == [(4, 4)]
    assert runs([from_signature(span(document, 2), 1000)]) == [(2, 2)]
