"""Cutting many texts at once gives what cutting each of them gives."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vrom.index.lexical import bulk_tokenizer as cutting
from vrom.index.lexical.bulk_tokenizer import cut
from vrom.index.tokenizer import compounds, terms_of, terms_of_each

ALIKE = ["abcdefgh", "abcdefghi", "abcdefghijklmnop", "abcdefghijklmnopq", "abcdefghijklmnopr", "a" * 300, "a" * 301]
SIGNS = "ab_Z09.-:/'’+# \n\0é²数データ…—🙂\ud800ｆ\u0302\u00ad\u200cकिไ、\ufe0f"
TEXTS = st.lists(
    st.one_of(
        st.text(SIGNS, max_size=40),
        st.text("ab1 $|>=<:.-+#!?é’", max_size=30),
        st.text(st.characters(codec="ascii"), max_size=40),
        st.lists(st.sampled_from([*ALIKE, "C++", "C#", "größer", "it’s"]), max_size=8).map(" ".join),
        st.text(max_size=20),
    ),
    max_size=8,
)


def words_of(texts: list[str]) -> list[list[str]]:
    found: list[list[str]] = []
    for part in cut(texts):
        words = [part.distinct[i] for i in part.words]
        ends = np.cumsum(part.sizes).tolist()
        found += [words[start:end] for start, end in zip([0, *ends], ends, strict=False)]
    return found


def expected(texts: list[str]) -> list[list[str]]:
    return [[word.replace("’", "'") for word in compounds(text)] for text in texts]


def straight(found: list[list[str]]) -> list[list[str]]:
    return [[word.replace("’", "'") for word in words] for words in found]


@given(TEXTS)
def test_the_words_are_those_of_each_text(texts):
    assert straight(words_of(texts)) == expected(texts)


@given(TEXTS)
def test_words_are_met_in_the_order_of_the_texts(texts):
    for part in cut(texts):
        first_use = [int(np.flatnonzero(part.words == i)[0]) for i in range(len(part.distinct))]
        assert first_use == sorted(first_use)


@given(TEXTS)
def test_texts_cut_some_at_a_time_give_the_same(texts):
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(cutting, "_AT_ONCE", 30)
        assert straight(words_of(texts)) == expected(texts)


@pytest.mark.parametrize(
    "text",
    ["a.b", "a..b", ".a", "a.", "a-'b", "C++", "C+++", "c++x", "a+ +", "C#", "C#x", "C#_", "C##", "a.#", "a.++", "'",
     "it’s", "a\0b", "日本語 text", "naïve C++", "ﬁne", "x…y", "…", "a\n#b", "1.5e-3", "_", "a" * 16, "a" * 17, "é"],
)  # fmt: skip
def test_where_a_word_ends(text):
    texts = [text, "", "#", text, f"({text})", "++"]
    assert straight(words_of(texts)) == expected(texts)


def test_words_that_begin_alike_are_told_apart():
    texts = [" ".join(order) for order in (ALIKE, ALIKE[::-1], ALIKE)]
    (part,) = cut(texts)
    assert part.distinct == ALIKE
    assert words_of(texts) == [ALIKE, ALIKE[::-1], ALIKE]


def test_words_whose_hashes_fall_together_are_told_apart(monkeypatch):
    monkeypatch.setattr(cutting, "_MIX", np.uint64(0))
    texts = ["one two three one", "two " * 3, "three"]
    assert words_of(texts) == [text.split() for text in texts]


def test_many_words_are_told_apart():
    texts = [" ".join(f"w{i}" for i in range(start, start + 500)) for start in range(0, 20_000, 250)]
    assert words_of(texts) == [text.split() for text in texts]


def test_no_texts_have_no_words():
    assert list(cut([])) == []
    assert words_of([""]) == [[]]


@given(st.lists(st.one_of(st.text(min_size=1), st.from_regex(r"[A-Za-z0-9_.:/'’-]{1,20}", fullmatch=True))))
def test_terms_of_several_are_those_of_each(several):
    assert [tuple(terms) for terms in terms_of_each(several)] == [terms_of(one) for one in several]
