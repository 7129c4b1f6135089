"""Texts that say the same, found once."""

from hypothesis import given
from hypothesis import strategies as st

from vrom.builder.chunking.duplicates import find_first_copies, mark_duplicates
from vrom.format.models import Chunk

TEXT = " ".join(f"word{number}" for number in range(200))


def test_a_text_that_differs_in_case_signs_and_spaces_says_the_same():
    assert find_first_copies(["One, two: three.", "Other", "one  TWO\nthree"]) == [0, 1, 0]


def test_a_long_text_with_one_word_changed_says_the_same():
    assert find_first_copies([TEXT, TEXT.replace("word0 ", "changed "), "Other"]) == [0, 0, 2]


def test_a_text_with_a_sentence_of_its_own_does_not():
    assert find_first_copies([TEXT, TEXT + " and here is something that only this one says"]) == [0, 1]


def test_a_short_text_with_one_word_changed_does_not():
    assert find_first_copies(["Set the flag to true for speed", "Set the flag to false for speed"]) == [0, 1]


def test_texts_without_words_are_each_their_own():
    assert find_first_copies(["---", "***", ""]) == [0, 1, 2]


@given(st.lists(st.text(st.sampled_from("ab .\n"), max_size=30), max_size=20))
def test_every_text_points_at_a_first_one(texts):
    places = find_first_copies(texts)
    assert all(places[place] == place <= number for number, place in enumerate(places))


def mark(*documents):
    """The extra keys of chunks with these `(source_file, text)`."""
    chunks = [Chunk(chunk_id=i, source_file=name, text=text) for i, (name, text) in enumerate(documents)]
    return [chunk.model_extra for chunk in mark_duplicates(chunks)]


def test_the_first_of_a_text_lists_the_other_documents_that_have_it():
    other = "The kettle switches itself off."
    assert mark(("a.md", other), ("a.md", TEXT), ("b.md", TEXT.upper()), ("b.md", TEXT), ("c.md", TEXT)) == [
        {},
        {"also_in": ["b.md", "c.md"]},
        {"repeats": 1},
        {"repeats": 1},
        {"repeats": 1},
    ]


def test_a_repeat_in_the_same_document_is_no_other_document():
    assert mark(("a.md", TEXT), ("a.md", TEXT)) == [{}, {"repeats": 0}]
