import pytest
from hypothesis import given
from hypothesis import strategies as st

from vrom.index.lexical.folding import folded
from vrom.index.tokenizer import terms_of


@pytest.mark.parametrize(
    ("term", "forms"),
    [
        ("entrée", ("entree",)),
        ("żółw", ("zolw",)),
        ("schlüssel", ("schlussel", "schluessel")),
        ("ılık", ("ilik",)),
        ("việt", ("viet",)),
        ("ёж", ("еж",)),
        ("λέξη", ("λεξη",)),
        ("שָׁלוֹם", ("שלום",)),
        ("كِتَاب", ("كتاب",)),
        ("إعداد", ("اعداد",)),
        ("ज़रूरी", ("जरूरी",)),
        ("١٢٣", ("123",)),
        ("smørrebrød", ("smorrebrod",)),
    ],
)
def test_accents_points_and_letters_of_one_language_are_left_out(term, forms):
    (term,) = terms_of(term)
    assert folded(term) == forms


@pytest.mark.parametrize("term", ["plain", "कमल", "மரம்", "বাংলা", "ཡིག", "がぎ", "ไทย", "한국", "слово"])
def test_vowel_signs_and_marks_that_make_another_word_stay(term):
    assert folded(term) == ()


@given(st.text(min_size=1, max_size=20))
def test_a_folded_term_is_never_the_term_itself(text):
    assert text not in folded(text)
