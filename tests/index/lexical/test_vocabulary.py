import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from vrom.index.lexical.vocabulary import Vocabulary, vocabulary_arrays, vocabulary_fits


@given(st.sets(st.text(min_size=1, max_size=6)))
def test_every_term_has_its_number_and_no_other_term_has_one(terms):
    arrays, numbers = vocabulary_arrays(sorted(terms))
    vocabulary = Vocabulary(arrays)
    assert vocabulary_fits(arrays)
    assert [vocabulary.find(term) for term in sorted(terms)] == numbers.tolist()
    assert set(vocabulary) == terms
    assert all(vocabulary.find(term + "x") == -1 for term in terms if term + "x" not in terms)
    assert [vocabulary.word(number) for number in numbers] == sorted(terms)


def test_terms_of_one_hash_are_told_apart():
    one, other = "plumless", "buckeroo"  # the best known pair of words with one CRC-32
    arrays, numbers = vocabulary_arrays([one, other])
    assert len(set(arrays["term_hashes"].tolist())) == 1
    assert [Vocabulary(arrays).find(term) for term in (one, other)] == numbers.tolist()


def test_a_million_equal_hashes_cost_a_few_looks():
    arrays, _ = vocabulary_arrays([f"term{i}" for i in range(1000)])
    vocabulary = Vocabulary(arrays | {"term_hashes": np.full(1000, 7, dtype=np.uint32)})
    assert vocabulary.find("term500") == -1
    assert vocabulary.find(chr(0)) == -1


def test_numbers_beyond_all_terms_are_no_words():
    arrays, _ = vocabulary_arrays(["one"])
    assert [Vocabulary(arrays).word(number) for number in (-1, 1, 2**40)] == ["", "", ""]


def test_terms_that_begin_or_end_with_a_part_are_found():
    arrays, _ = vocabulary_arrays(["tree", "treetop", "oaktree", "~treehouse", "streets", "é"])
    vocabulary = Vocabulary(arrays)
    assert vocabulary.beginning_or_ending("tree", 9) == ["oaktree", "treetop", "~treehouse"]
    assert vocabulary.beginning_or_ending("tree", 1) == ["oaktree"]
    assert vocabulary.beginning_or_ending("top", 9) == ["treetop"]
    assert vocabulary.beginning_or_ending("elm", 9) == []
