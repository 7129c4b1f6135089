import pytest

from vrom.index.lexical.spelling import Speller, nearest, speller_arrays
from vrom.index.lexical.vocabulary import Vocabulary, vocabulary_arrays

WORDS = ["trainer", "train", "gradient", "checkpoint", "dataset", "accumulation", "quantization", "café"]


def speller(words: list[str]) -> Speller:
    arrays, numbers = vocabulary_arrays(words)
    return Speller(speller_arrays(words, numbers), Vocabulary(arrays))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("trianer", "trainer"),
        ("gradeint", "gradient"),
        ("chekpoint", "checkpoint"),
        ("datasset", "dataset"),
        ("quantisation", "quantization"),
    ],
)
def test_a_slip_finds_the_word_that_is_meant(typed, meant):
    assert nearest(typed, speller(WORDS).candidates(typed)) == meant


@pytest.mark.parametrize("typed", ["kubernetes", "tran", "", "x1234", "ünicode", "lasagna"])
def test_another_word_or_none_is_left_alone(typed):
    assert nearest(typed, speller(WORDS).candidates(typed)) is None


def test_an_empty_vocabulary_knows_nothing():
    assert nearest("trainer", speller([]).candidates("trainer")) is None
