"""How well cartridges fit a query."""

from dataclasses import replace

import numpy as np
import pytest

from vrom.embedding.recipes import DEFAULT_SPEC
from vrom.index.tokenizer import tokenize
from vrom.library.choice.fit import NEAREST, Rows, by_words, fit, fit_described
from vrom.library.choice.profile import SCALE, describe, hash_of
from vrom.library.choice.segment import Segment

OTHER_SPEC = DEFAULT_SPEC.model_copy(update={"model": "BAAI/bge-small-en-v1.5"})


def profile(name, about="", spec=None, chance=0.0, centres=(), **words):
    """Cartridge with these words, of so many chunks each, and directions in a plane of the space, by their angles."""
    hashed = sorted((hash_of(tokenize(word)[0]), count) for word, count in words.items())
    directions = np.zeros((len(centres), 384))
    directions[:, 0], directions[:, 1] = np.cos(np.radians(centres)), np.sin(np.radians(centres))
    return replace(
        describe(name, tokenize(about)),
        terms=np.array([one for one, _ in hashed], dtype=np.uint32),
        frequencies=np.array([count for _, count in hashed], dtype=np.int64),
        words=sum(words.values()),
        spec=spec or (DEFAULT_SPEC if len(centres) else None),
        chance=chance,
        centres=np.rint(directions * SCALE).astype(np.int8),
    )


def best(profiles, question, embed=by_words, among=None):
    halves = profiles[: len(profiles) // 2], profiles[len(profiles) // 2 :]
    segments = [Segment.of(dict(enumerate(half))) for half in halves]
    among = np.ones(len(profiles), dtype=np.bool_) if among is None else np.array(among)
    scores = fit(Rows(segments, among), tokenize(question), embed)
    return [
        one for score, one in sorted(zip(scores.tolist(), range(len(profiles)), strict=True), reverse=True) if score
    ]


def straight_ahead(_):
    return np.eye(384, dtype=np.float32)[0]


TERMS = tokenize("glaze kiln")


class TestByWords:
    def test_a_word_that_few_have_counts_more(self):
        pages = [profile("a", use=30), profile("b", use=30, glaze=3), profile("c", use=30), profile("d", use=30)]
        assert best(pages, "use glaze")[0] == 1

    def test_a_word_in_more_chunks_counts_more(self):
        assert best([profile("a", glaze=1), profile("b", glaze=40), profile("c", kiln=1)], "glaze") == [1, 0]

    def test_a_word_counts_less_in_a_cartridge_of_many_words(self):
        large = {f"word{i}": 50 for i in range(4000)}
        assert best([profile("a", glaze=4, **large), profile("b", glaze=4), profile("c", kiln=1)], "glaze") == [1, 0]

    def test_two_words_of_the_query_are_better_than_one_very_often(self):
        pages = [profile("a", glaze=500), profile("b", glaze=20, kiln=20), profile("c", kiln=1), profile("d", sail=1)]
        assert best(pages, "glaze kiln")[0] == 1

    def test_nothing_in_common_is_no_fit(self):
        assert best([profile("a", glaze=1), profile("b", kiln=1)], "sail") == []

    def test_what_others_see_changes_nothing(self):
        pages = [profile("a", glaze=9), profile("b", kiln=9), profile("c", glaze=9, kiln=1), profile("d", sail=1)]
        hidden = [profile(f"hidden{i}", glaze=9) for i in range(20)]
        alone = fit(Rows([Segment.of(dict(enumerate(pages)))], np.ones(4, dtype=np.bool_)), TERMS, by_words)
        beside = Rows([Segment.of(dict(enumerate([*pages, *hidden])))], np.arange(24) < 4)
        assert fit(beside, TERMS, by_words)[:4] == pytest.approx(alone)


class TestByName:
    def test_a_name_decides_between_equals(self):
        assert best([profile("pottery", glaze=5), profile("weaving", glaze=5)], "weaving glaze")[0] == 1

    def test_a_name_of_several_words_must_be_whole(self):
        pages = [profile("hand-weaving", glaze=5), profile("pottery", glaze=6), profile("sailing", sail=5)]
        assert best(pages, "weaving glaze")[0] == 1
        assert best(pages, "hand-weaving glaze")[0] == 0

    def test_a_name_counts_even_if_no_page_has_it(self):
        assert best([profile("weaving", kiln=1), profile("pottery", kiln=1)], "weaving kiln")[0] == 0

    def test_a_name_that_everybody_uses_as_a_word_counts_little(self):
        words = [profile(f"other{i}", request=9) for i in range(9)]
        pages = [profile("request", request=3), profile("pottery", request=9, glaze=9), *words]
        assert best(pages, "request glaze")[0] == 1


class TestByMeaning:
    def test_the_nearest_directions_decide_between_equals(self):
        pages = [profile("a", glaze=5, centres=[60, 80]), profile("b", glaze=5, centres=[20, 70])]
        assert best(pages, "glaze", straight_ahead)[0] == 1

    def test_it_finds_what_has_no_word_of_the_query(self):
        assert best([profile("a", kiln=1, centres=[80]), profile("b", sail=1, centres=[10])], "boat", straight_ahead)[0]

    def test_similarity_is_counted_above_that_of_unrelated_texts(self):
        pages = [profile("a", glaze=5, centres=[30], chance=0.8), profile("b", glaze=5, centres=[40], chance=0.1)]
        assert best(pages, "glaze", straight_ahead)[0] == 1

    def test_cartridges_of_two_models_are_compared(self):
        pages = [profile("a", glaze=5, centres=[50]), profile("b", glaze=5, centres=[30], spec=OTHER_SPEC)]
        asked = []
        assert best(pages, "glaze", lambda spec: asked.append(spec) or straight_ahead(spec))[0] == 1
        assert asked == [DEFAULT_SPEC, OTHER_SPEC]

    def test_many_far_documents_take_nothing_from_near_ones(self):
        near = [10] * NEAREST
        pages = [profile("a", glaze=5, centres=[20] * NEAREST), profile("b", glaze=5, centres=[*near, *[90] * 20])]
        assert best(pages, "glaze", straight_ahead)[0] == 1


def test_descriptions_fit_by_rare_words_and_by_name():
    profiles = [profile("a", "rivers kiln"), profile("b", "rivers sail"), profile("sail", "rivers")]
    segment = Segment.of(dict(enumerate(profiles)))
    rows = Rows([segment], np.ones(3, dtype=np.bool_))
    assert fit_described(rows, tokenize("rivers kiln")).argmax() == 0
    assert fit_described(rows, tokenize("sail")).argmax() == 2
