"""Texts that say the same, found once."""

from hypothesis import given
from hypothesis import strategies as st

from vrom.builder.chunking.duplicates import first_places

TEXT = " ".join(f"word{number}" for number in range(200))


def test_a_text_that_differs_in_case_signs_and_spaces_says_the_same():
    assert first_places(["One, two: three.", "Other", "one  TWO\nthree"]) == [0, 1, 0]


def test_a_long_text_with_one_word_changed_says_the_same():
    assert first_places([TEXT, TEXT.replace("word0 ", "changed "), "Other"]) == [0, 0, 2]


def test_a_text_with_a_sentence_of_its_own_does_not():
    assert first_places([TEXT, TEXT + " and here is something that only this one says"]) == [0, 1]


def test_a_short_text_with_one_word_changed_does_not():
    assert first_places(["Set the flag to true for speed", "Set the flag to false for speed"]) == [0, 1]


def test_texts_without_words_are_each_their_own():
    assert first_places(["---", "***", ""]) == [0, 1, 2]


@given(st.lists(st.text(st.sampled_from("ab .\n"), max_size=30), max_size=20))
def test_every_text_points_at_a_first_one(texts):
    places = first_places(texts)
    assert all(places[place] == place <= number for number, place in enumerate(places))
