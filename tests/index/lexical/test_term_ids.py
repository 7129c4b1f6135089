"""Term ids of many texts are those of the tokenizer, text by text."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from vrom.index.lexical.term_ids import Words
from vrom.index.tokenizer import tokenize

SIGNS = "abC_Z09.-:/'’+# \n\0é²数データ…—🙂ｆ"
TEXTS = st.lists(st.text(SIGNS, max_size=40) | st.text(max_size=20), max_size=8)


@given(TEXTS, TEXTS)
def test_the_terms_are_those_that_the_tokenizer_gives(first, second):
    words = Words()
    for texts in (first, second):
        read = words.read(texts)
        names = list(words.vocabulary)
        found = [
            [names[i] for i in read.terms[a:b]] for a, b in zip(read.term_starts, read.term_starts[1:], strict=False)
        ]
        assert found == [tokenize(text) for text in texts]
        assert np.all(np.diff(read.head_starts) >= 0)


def test_no_text_is_no_term():
    read = Words().read([])
    assert (len(read.terms), read.term_starts.tolist()) == (0, [0])
